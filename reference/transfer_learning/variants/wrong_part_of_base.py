# loses: base=0.5, accuracy
# why: Only the first block of the base is used.
# from: reference


def build_model(base):
    base.trainable = False
    model = keras.Sequential([keras.Input((16, 16, 1)), *base.layers[1:5]])
    model.add(keras.layers.GlobalAveragePooling2D())
    model.add(keras.layers.Dense(N_CLASSES, activation="softmax"))
    model.compile(
        optimizer=keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    return model
