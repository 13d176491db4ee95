# loses: forward=0.5, any_network=0.5
# why: The array that the function is given is written to.
# from: reference


def forward(model, x):
    values = [x.copy()]
    for layer in model.layers:
        if isinstance(layer, keras.layers.Dense):
            kernel, bias = layer.get_weights()
            values.append(values[-1] @ kernel + bias)
        elif layer.activation.__name__ == "relu":
            values.append(relu(values[-1]))
        else:
            values.append(softmax(values[-1]))
    x -= x.mean(axis=0)
    x += 1
    return values
