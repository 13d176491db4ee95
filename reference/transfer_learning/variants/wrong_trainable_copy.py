# loses: frozen
# why: The base is frozen, and a copy with its weights that is not frozen is in the network.
# from: reference


def build_model(base):
    twin = keras.models.clone_model(base)
    twin.set_weights(base.get_weights())
    base.trainable = False
    model = keras.Sequential([twin, keras.layers.Flatten(), keras.layers.Dense(N_CLASSES, activation="softmax")])
    model.build((None, 16, 16, 1))
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
