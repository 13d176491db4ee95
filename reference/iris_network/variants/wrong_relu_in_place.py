# loses: forward, any_network
# why: relu changes the array that stands in the list as the values before it.
# from: reference


def forward(model, x):
    values = [np.asarray(x)]
    for layer in model.layers:
        if isinstance(layer, keras.layers.Dense):
            kernel, bias = layer.get_weights()
            values.append(values[-1] @ kernel + bias)
        elif layer.activation.__name__ == "relu":
            values.append(np.maximum(values[-1], 0, out=values[-1]))
        elif layer.activation.__name__ == "softmax":
            values.append(softmax(values[-1]))
    return values
