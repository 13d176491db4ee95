# loses: head_and_loss
# may lose: accuracy
# why: The squared error is for numbers.
# from: reference


def build_model():
    model = keras.Sequential(
        [
            keras.Input(shape=(28, 28)),
            keras.layers.Reshape((784,)),
            keras.layers.Dense(324, activation="sigmoid"),
            keras.layers.Dense(36, activation="sigmoid"),
            keras.layers.Dense(N_CLASSES, activation="softmax"),
        ]
    )
    model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.003), loss="mse", metrics=["accuracy"])
    return model
