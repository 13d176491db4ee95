# loses: head_and_loss
# why: Mean squared error is a loss for numbers, not for a choice between classes.
# from: reference


def build_model():
    model = keras.Sequential(
        [
            keras.Input(shape=(N_FEATURES,)),
            keras.layers.Dense(16, activation="relu"),
            keras.layers.Dense(N_CLASSES, activation="softmax"),
        ]
    )
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss="mse", metrics=["accuracy"])
    return model


def train(model, x_train, y_train, x_val, y_val):
    y_train, y_val = keras.utils.to_categorical(y_train, 3), keras.utils.to_categorical(y_val, 3)
    return model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=30, batch_size=16, verbose=0)
