# loses: nothing
# why: Plain Python wherever it goes: lists come back, with the statistics module's sample deviation.
import statistics

import keras
import numpy as np


def prepare(x_train, x_test):
    columns = list(zip(*x_train))
    means = [statistics.fmean(column) for column in columns]
    spreads = [statistics.stdev(column) or 1.0 for column in columns]

    def scaled(rows):
        return [[(value - m) / s for value, m, s in zip(row, means, spreads)] for row in rows]

    return scaled(x_train), scaled(x_test)


def build_model():
    model = keras.Sequential()
    model.add(keras.Input(shape=(13,)))
    model.add(keras.layers.Dense(12, activation="sigmoid"))
    model.add(keras.layers.Dense(3, activation="softmax"))
    model.compile(
        loss="sparse_categorical_crossentropy", optimizer=keras.optimizers.Adam(0.02), metrics=["accuracy"]
    )
    return model


def train(model, x_train, y_train, x_val, y_val):
    return model.fit(
        np.array(x_train), np.array(y_train), validation_data=(np.array(x_val), np.array(y_val)), epochs=40, verbose=0
    )


def evaluate(model, x, y):
    rows = model.predict(np.array(x), verbose=0).tolist()
    predicted = [row.index(max(row)) for row in rows]
    pairs = list(zip([int(label) for label in y], predicted))
    recall = []
    for k in range(3):
        mine = [p == k for t, p in pairs if t == k]
        recall.append(sum(mine) / len(mine) if mine else 0)
    return {"accuracy": sum(t == p for t, p in pairs) / len(pairs), "recall": recall}
