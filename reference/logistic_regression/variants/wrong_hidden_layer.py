# loses: architecture
# may lose: accuracy
# why: A hidden layer with relu: another network, whose borders are curved.
# from: reference


def build_model(n_features):
    model = keras.Sequential(
        [
            keras.Input(shape=(n_features,)),
            keras.layers.Dense(8, activation="relu"),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(optimizer=keras.optimizers.Adam(0.005), loss="binary_crossentropy", metrics=["accuracy"])
    return model


def decision_boundary(model):
    x = np.linspace(-3, 3, 6001)
    p = model.predict(x[:, None], verbose=0)[:, 0]
    return x[np.argmin(np.abs(p - 0.5))]
