# loses: forward=0.5, any_network
# why: Only the values after the activations are returned.
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
    return values[::2]
