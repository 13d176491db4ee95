# loses: frozen
# why: All but the last layers of the base are frozen.
# from: reference


def build_model(base):
    for layer in base.layers[:-4]:
        layer.trainable = False
    inputs = keras.Input((16, 16, 1))
    x = keras.layers.Flatten()(base(inputs, training=False))
    model = keras.Model(inputs, keras.layers.Dense(N_CLASSES, activation="softmax")(x))
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
