# loses: architecture, accuracy
# why: Nine output units for ten digits.
# from: reference

N_OUTPUTS = 9


def build_model():
    model = keras.Sequential(
        [
            keras.Input(shape=(64,)),
            keras.layers.Dense(128, activation="relu"),
            keras.layers.Dense(N_OUTPUTS, activation="softmax"),
        ]
    )
    model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
    return model
