import keras
import numpy as np
from keras import layers


def build_model():
    # Netz 4-8-3
    modell = keras.Sequential()
    modell.add(layers.Dense(8, input_dim=4, activation="relu"))
    modell.add(layers.Dense(3, activation="softmax"))
    modell.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
    return modell


def train(model, x_train, y_train, x_val, y_val):
    historie = model.fit(x_train, y_train, epochs=100, validation_data=(x_val, y_val))
    return historie


def softmax(z):
    e = np.exp(z)
    return e / e.sum()


def forward(model, x):
    W1, b1, W2, b2 = model.get_weights()
    z1 = x @ W1 + b1
    a1 = np.maximum(z1, 0)
    z2 = a1 @ W2 + b2
    a2 = softmax(z2)
    return [x, z1, a1, z2, a2]
