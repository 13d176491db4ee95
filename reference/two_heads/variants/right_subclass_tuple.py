# loses: nothing
# why: A subclassed network that returns a tuple: its outputs have no names, but an order; labels as a tuple.

import keras
import numpy as np


class Apples(keras.Model):
    def __init__(self, **options):
        super().__init__(**options)
        self.trunk = keras.Sequential(
            [keras.layers.Dense(40, activation="relu"), keras.layers.Dense(20, activation="relu")]
        )
        self.number = keras.layers.Dense(1)
        self.classes = keras.layers.Dense(3)

    def call(self, x, training=None):
        h = self.trunk(x, training=training)
        return self.number(h), keras.activations.softmax(self.classes(h))


def build_model():
    net = Apples(name="apples")
    net.build((None, 8))
    net.compile("adam", loss=["mse", "sparse_categorical_crossentropy"], loss_weights=[0.01, 1.0])
    return net


def train(model, x_train, sweetness_train, variety_train, x_val, sweetness_val, variety_val):
    return model.fit(
        x_train,
        (sweetness_train, variety_train),
        validation_data=(x_val, (sweetness_val, variety_val)),
        batch_size=16,
        epochs=40,
        verbose=0,
    )


def scores(model, x, sweetness, variety):
    predicted, probabilities = model.predict(x, verbose=0)
    r2 = 1 - np.mean((sweetness - predicted[:, 0]) ** 2) / np.var(sweetness)
    return {"sweetness": r2, "variety": np.mean(probabilities.argmax(axis=1) == variety)}
