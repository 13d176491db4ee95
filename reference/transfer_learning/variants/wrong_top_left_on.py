# loses: accuracy
# why: A softmax of five between base and head, as if the old top were still there.
# from: reference


def build_model(base):
    base.trainable = False
    old_top = keras.layers.Dense(5, activation="softmax")
    old_top.trainable = False
    model = keras.Sequential(
        [base, keras.layers.Flatten(), old_top, keras.layers.Dense(N_CLASSES, activation="softmax")]
    )
    model.build((None, 16, 16, 1))
    model.compile(
        optimizer=keras.optimizers.Adam(0.003), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    return model
