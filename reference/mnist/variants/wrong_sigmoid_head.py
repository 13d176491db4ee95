# loses: head_and_loss=0.5
# why: sigmoid says yes or no to each digit by itself.
# from: reference


def build_model():
    model = keras.Sequential(
        [
            keras.Input(shape=(28, 28)),
            keras.layers.Reshape((784,)),
            keras.layers.Dense(324, activation="sigmoid"),
            keras.layers.Dense(36, activation="sigmoid"),
            keras.layers.Dense(N_CLASSES, activation="sigmoid"),
        ]
    )
    model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.003), loss="categorical_crossentropy", metrics=["accuracy"])
    return model
