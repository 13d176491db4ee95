# loses: forward=0.5, any_network=0.5
# why: squeeze() and axis=1: a single flower is no table any more.
# from: reference


def forward(model, x):
    values = [np.squeeze(x)]
    for layer in model.layers:
        if isinstance(layer, keras.layers.Dense):
            kernel, bias = layer.get_weights()
            values.append(values[-1] @ kernel + bias)
        elif layer.activation.__name__ == "relu":
            values.append(relu(values[-1]))
        else:
            values.append(softmax(values[-1]))
    return values
