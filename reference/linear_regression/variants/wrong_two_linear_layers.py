# loses: architecture
# why: Two Dense layers without an activation collapse into one line; only the architecture is wrong.
# from: reference


def build_model(n_features):
    model = keras.Sequential([keras.Input(shape=(n_features,)), keras.layers.Dense(8), keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.01), loss="mse")
    return model


def coefficients(model):
    first, last = model.layers[-2], model.layers[-1]
    w = first.kernel.numpy() @ last.kernel.numpy()
    b = first.bias.numpy() @ last.kernel.numpy() + last.bias.numpy()
    return w[:, 0], b[0]
