# loses: architecture, accuracy=0.5
# why: The inputs go straight to the output layer: only straight borders between digits.
# from: reference


def build_model():
    model = keras.Sequential([keras.Input(shape=(64,)), keras.layers.Dense(10, activation="softmax")])
    model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
    return model
