# loses: outputs, shared_trunk, sweetness_output, sweetness_loss, variety_output, loss_weights, training, r2, accuracy, scores
# why: One output with four numbers in place of two outputs.

import keras
import numpy as np


def build_model():
    model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(32, activation="relu"), keras.layers.Dense(4)])
    model.compile("adam", "mse")
    return model


def train(model, x_train, sweetness_train, variety_train, x_val, sweetness_val, variety_val):
    y = np.column_stack([sweetness_train, keras.utils.to_categorical(variety_train, 3)])
    y_val = np.column_stack([sweetness_val, keras.utils.to_categorical(variety_val, 3)])
    return model.fit(x_train, y, validation_data=(x_val, y_val), epochs=20, verbose=0)


def scores(model, x, sweetness, variety):
    answer = model.predict(x, verbose=0)
    r2 = 1 - np.mean((sweetness - answer[:, 0]) ** 2) / np.var(sweetness)
    return {"sweetness": r2, "variety": np.mean(answer[:, 1:].argmax(axis=1) == variety)}
