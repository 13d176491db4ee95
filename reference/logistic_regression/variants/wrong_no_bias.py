# loses: architecture, accuracy=0.5
# why: Without a bias, the network says 0.5 at 0, whatever the data say.
# from: reference


def build_model(n_features):
    model = keras.Sequential(
        [keras.Input(shape=(n_features,)), keras.layers.Dense(1, activation="sigmoid", use_bias=False)]
    )
    model.compile(optimizer=keras.optimizers.Adam(0.05), loss="binary_crossentropy", metrics=["accuracy"])
    return model


def decision_boundary(model):
    return 0.0
