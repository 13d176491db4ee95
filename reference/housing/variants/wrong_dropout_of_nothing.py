# loses: dropout
# why: Dropout with a rate of 0 leaves nothing out.
# from: reference


def build_model():
    model = keras.Sequential(
        [
            keras.Input(shape=(8,)),
            keras.layers.Dense(16, activation="relu"),
            keras.layers.Dropout(0.0),
            keras.layers.Dense(16, activation="relu"),
            keras.layers.Dropout(0),
            keras.layers.Dense(1),
        ]
    )
    model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.01), loss="mse")
    return model
