# loses: nothing
# why: Far more parameters than the problem deserves: a tip, but no points.
# from: reference


def build_model():
    model = keras.Sequential(
        [
            keras.Input(shape=(N_FEATURES,)),
            keras.layers.Dense(160, activation="relu"),
            keras.layers.Dense(160, activation="relu"),
            keras.layers.Dense(N_CLASSES, activation="softmax"),
        ]
    )
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
