# loses: base, frozen, accuracy
# why: clone_model copies the layers only: the weights are random.
# from: reference


def build_model(base):
    twin = keras.models.clone_model(base)
    twin.trainable = False
    model = keras.Sequential([twin, keras.layers.Flatten(), keras.layers.Dense(N_CLASSES, activation="softmax")])
    model.build((None, 16, 16, 1))
    model.compile(
        optimizer=keras.optimizers.Adam(0.003), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    return model
