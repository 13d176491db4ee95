# loses: nothing
# why: A class of one's own, SGD, and a tuple; the weights come in pairs, whatever the layers are called.

import keras
import numpy as np


class Iris(keras.Model):
    def __init__(self):
        super().__init__()
        self.first = keras.layers.Dense(8)
        self.bend = keras.layers.ReLU()
        self.second = keras.layers.Dense(3)
        self.share = keras.layers.Softmax()

    def call(self, x):
        return self.share(self.second(self.bend(self.first(x))))


def build_model():
    model = Iris()
    model.compile(
        optimizer=keras.optimizers.SGD(0.1),
        loss=keras.losses.SparseCategoricalCrossentropy(),
        metrics=["accuracy"],
    )
    return model


def train(model, x_train, y_train, x_val, y_val):
    return model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=60, batch_size=8, verbose=0)


def forward(model, x):
    weights = model.get_weights()
    values = (x,)
    while weights:
        kernel, bias, *weights = weights
        z = values[-1] @ kernel + bias
        if weights:
            values += (z, np.where(z < 0, 0, z))
        else:
            z_shifted = z - z.max(1)[:, None]
            values += (z, np.exp(z_shifted) / np.exp(z_shifted).sum(1)[:, None])
    return values
