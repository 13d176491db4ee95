# loses: forward, any_network
# why: Keras computes the values: each layer is called on those before.
# from: reference


def forward(model, x):
    values = [x]
    for layer in model.layers:
        values.append(np.asarray(layer(values[-1])))
    return values
