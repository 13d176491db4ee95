# Falsch: vor dem Training werden nur die Zeilen gemischt, nicht die Labels.
import keras
import numpy as np


def build_model():
    netz = keras.Sequential()
    netz.add(keras.Input((13,)))
    netz.add(keras.layers.Dense(16, activation="relu"))
    netz.add(keras.layers.Dense(3, activation="softmax"))
    netz.compile(optimizer=keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return netz


def train(netz, x_train, y_train, x_val, y_val):
    gemischt = np.random.permutation(x_train)
    return netz.fit(gemischt, y_train, validation_data=(x_val, y_val), epochs=30, batch_size=16, verbose=0)


# Noch nicht geschrieben:
def prepare(x_train, x_test): raise NotImplementedError
def evaluate(model, x, y): raise NotImplementedError
