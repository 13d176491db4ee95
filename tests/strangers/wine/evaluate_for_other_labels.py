import keras
import numpy as np


def build_model():
    rows = keras.Input((13,))
    hidden = keras.layers.Dense(16, activation="relu")(rows)
    model = keras.Model(rows, keras.layers.Dense(3, activation="softmax", name="grower")(hidden))
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss="categorical_crossentropy", metrics=["accuracy"])
    return model


def train(model, x_train, y_train, x_val, y_val):
    hot = keras.utils.to_categorical
    return model.fit(x_train, hot(y_train, 3), validation_data=(x_val, hot(y_val, 3)), epochs=30, batch_size=16, verbose=0)


def evaluate(model, x, y):
    accuracy = model.evaluate(x, y, verbose=0)[1]
    named = model.predict(x, verbose=0).argmax(axis=1)
    return {"accuracy": accuracy, "recall": [np.mean(named[y == k] == k) if (y == k).any() else 0 for k in range(3)]}


# Not written yet:
def prepare(x_train, x_test): raise NotImplementedError
