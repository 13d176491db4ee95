# loses: forward, any_network
# why: The activations are layers of Keras, which cannot be called here.
# from: reference


def forward(model, x):
    values = [np.asarray(x)]
    for layer in model.layers:
        if isinstance(layer, keras.layers.Dense):
            kernel, bias = layer.get_weights()
            values.append(values[-1] @ kernel + bias)
        elif layer.activation.__name__ == "relu":
            values.append(keras.layers.ReLU()(values[-1]).numpy())
        elif layer.activation.__name__ == "softmax":
            values.append(keras.layers.Softmax()(values[-1]).numpy())
    return values
