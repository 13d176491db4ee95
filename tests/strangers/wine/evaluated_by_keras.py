import keras


def build_model():
    model = keras.Sequential([keras.Input(shape=(13,)), keras.layers.Dense(3, activation="softmax", kernel_regularizer=keras.regularizers.L2(1e-4))])
    model.compile(optimizer=keras.optimizers.Lion(0.01), loss="sparse_categorical_crossentropy", metrics=[keras.metrics.SparseCategoricalAccuracy(name="hits")])
    return model


def train(model, x_train, y_train, x_val, y_val):
    return model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=40, batch_size=16, verbose=0)


def prepare(x_train, x_test):
    scaler = keras.layers.Normalization(axis=-1)
    scaler.adapt(x_train)
    return scaler(x_train).numpy(), scaler(x_test).numpy()


def evaluate(model, x, y):
    def share(rows):
        return model.evaluate(x[rows], y[rows], verbose=0, return_dict=True)["hits"] if rows.any() else 0.0

    return {"accuracy": share(y == y), "recall": [share(y == k) for k in (0, 1, 2)]}
