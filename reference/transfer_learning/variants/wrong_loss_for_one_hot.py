# loses: head_and_loss, training, accuracy
# why: Integer labels with the loss for one-hot labels.
# from: reference


def build_model(base):
    base.trainable = False
    model = keras.Sequential([base, keras.layers.Flatten(), keras.layers.Dense(N_CLASSES, activation="softmax")])
    model.build((None, 16, 16, 1))
    model.compile(optimizer=keras.optimizers.Adam(0.003), loss="categorical_crossentropy", metrics=["accuracy"])
    return model
