# loses: frozen
# why: The base is not frozen: everything is trainable.
# from: reference


def build_model(base):
    model = keras.Sequential([base, keras.layers.Flatten(), keras.layers.Dense(N_CLASSES, activation="softmax")])
    model.build((None, 16, 16, 1))
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
