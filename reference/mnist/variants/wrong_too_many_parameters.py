# loses: parameters
# may lose: accuracy
# why: 2600 hidden units: more than two million parameters.
# from: reference


def build_model():
    model = keras.Sequential(
        [
            keras.Input(shape=(28, 28)),
            keras.layers.Reshape((784,)),
            keras.layers.Dense(2600, activation="relu"),
            keras.layers.Dense(N_CLASSES, activation="softmax"),
        ]
    )
    model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.001), loss="categorical_crossentropy", metrics=["accuracy"])
    return model


def train(model, x, y):
    return model.fit(x, y, batch_size=64, epochs=5, validation_split=0.2, verbose=0)
