# loses: forward=0.5, any_network=0.5
# why: The list begins with the first Dense layer.
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
            values.append(softmax(values[-1]))
    return values[1:]
