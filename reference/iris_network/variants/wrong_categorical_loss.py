# loses: head_and_loss, training, accuracy
# why: categorical_crossentropy wants one-hot rows, but the labels are integers.
# from: reference


def build_model():
    model = keras.Sequential(
        [
            keras.Input(shape=(4,)),
            keras.layers.Dense(8),
            keras.layers.Activation("relu"),
            keras.layers.Dense(3),
            keras.layers.Activation("softmax"),
        ]
    )
    model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.02), loss="categorical_crossentropy", metrics=["accuracy"])
    return model
