# loses: head_and_loss=0.5
# why: A sigmoid head: it trains, but its outputs are no distribution.
# from: reference


def build_model(base):
    base.trainable = False
    model = keras.Sequential([base, keras.layers.Flatten(), keras.layers.Dense(N_CLASSES, activation="sigmoid")])
    model.build((None, 16, 16, 1))
    model.compile(optimizer=keras.optimizers.Adam(0.003), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
