# loses: parameters
# why: The course's network without its biases.
# from: reference


def build_model():
    model = keras.Sequential(
        [
            keras.Input(shape=(28, 28)),
            keras.layers.Reshape((784,)),
            keras.layers.Dense(324, activation="sigmoid", use_bias=False),
            keras.layers.Dense(36, activation="sigmoid", use_bias=False),
            keras.layers.Dense(N_CLASSES, activation="softmax", use_bias=False),
        ]
    )
    model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.003), loss="categorical_crossentropy", metrics=["accuracy"])
    return model
