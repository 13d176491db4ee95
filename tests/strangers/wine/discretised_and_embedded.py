import numpy as np
import keras
from keras import layers


def prepare(x_train, x_test):
    mean, std = np.mean(x_train, 0), np.std(x_train, 0)
    std = np.where(std == 0, 1, std)
    return (x_train - mean) / std, (x_test - mean) / std


def build_model():
    row = keras.Input((13,))
    parts = []
    for i in range(13):
        one = row[:, i : i + 1]
        bins = layers.Discretization(bin_boundaries=[-1.5, -0.5, 0.5, 1.5])(one)
        parts.append(layers.Flatten()(layers.Embedding(5, 3)(bins)))
    x = layers.Concatenate()([row, *parts])
    out = layers.Dense(3, activation="softmax")(x)
    model = keras.Model(row, out)
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def train(model, x_train, y_train, x_val, y_val):
    return model.fit(x_train, y_train, epochs=40, batch_size=16, validation_data=(x_val, y_val), verbose=0)


def evaluate(model, x, y):
    raise NotImplementedError
