# loses: architecture
# why: Two layers without an activation between them can do no more than one.
# from: reference


def build_model(n_features):
    model = keras.Sequential(
        [keras.Input(shape=(n_features,)), keras.layers.Dense(4), keras.layers.Dense(1, activation="sigmoid")]
    )
    model.compile(optimizer=keras.optimizers.Adam(0.02), loss="binary_crossentropy", metrics=["accuracy"])
    return model


def decision_boundary(model):
    first, second = model.layers
    w = first.kernel.numpy() @ second.kernel.numpy()
    b = first.bias.numpy() @ second.kernel.numpy() + second.bias.numpy()
    return float(-b[0] / w[0, 0])
