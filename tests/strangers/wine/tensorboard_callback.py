import keras


def build_model():
    rows = keras.Input((13,))
    hidden = keras.layers.Dense(16, activation="relu")(rows)
    model = keras.Model(rows, keras.layers.Dense(3, activation="softmax", name="grower")(hidden))
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def train(model, x_train, y_train, x_val, y_val):
    board = keras.callbacks.TensorBoard(log_dir="logs")
    return model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=30, batch_size=16, verbose=0, callbacks=[board])


# Not written yet:
def prepare(x_train, x_test): raise NotImplementedError
def evaluate(model, x, y): raise NotImplementedError
