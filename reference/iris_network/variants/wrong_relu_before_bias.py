# loses: forward, any_network
# why: The bias belongs to the sum, in front of relu.
# from: reference


def forward(model, x):
    values = [np.asarray(x)]
    for layer in model.layers:
        if isinstance(layer, keras.layers.Dense):
            kernel, bias = layer.get_weights()
            values.append(np.maximum(values[-1] @ kernel, 0) + bias)
        elif layer.activation.__name__ == "softmax":
            values.append(softmax(values[-1]))
        else:
            values.append(values[-1])
    return values
