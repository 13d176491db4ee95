# loses: forward=0.5, any_network=0.5
# why: The shares of each column add up to one, not those of each flower.
# from: reference


def forward(model, x):
    values = [np.asarray(x)]
    for layer in model.layers:
        if isinstance(layer, keras.layers.Dense):
            kernel, bias = layer.get_weights()
            values.append(values[-1] @ kernel + bias)
        elif layer.activation.__name__ == "relu":
            values.append(relu(values[-1]))
        elif layer.activation.__name__ == "softmax":
            values.append(np.exp(values[-1]) / np.exp(values[-1]).sum(axis=0))
    return values
