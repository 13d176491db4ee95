import keras
import numpy as np


class Line(keras.layers.Layer):
    """w · x + b, written out."""

    def build(self, shape):
        self.w = self.add_weight(shape=(shape[-1],), initializer="zeros", name="w")
        self.b = self.add_weight(shape=(), initializer="zeros", name="b")

    def call(self, x):
        return keras.ops.sum(x * self.w, axis=-1, keepdims=True) + self.b


def build_model(n_features):
    model = keras.Sequential([keras.Input((n_features,)), Line()])
    model.compile(optimizer=keras.optimizers.Adam(0.1), loss="mean_squared_error")
    return model


def train(model, x, y):
    return model.fit(x, y, epochs=40, verbose=0)


def coefficients(model):
    line = model.layers[-1]
    return np.array(line.w), float(line.b.numpy())


def predict(model, x):
    return model.predict(x, verbose=0).flatten()
