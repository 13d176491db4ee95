# loses: frozen
# why: Frozen when it is built, and unfrozen for fine-tuning in train().
# from: reference


def train(model, x_train, y_train, x_val, y_val):
    for layer in model.layers:
        layer.trainable = True
    model.compile(
        optimizer=keras.optimizers.Adam(1e-3), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    return model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=30, batch_size=32, verbose=0)
