# loses: nothing
# why: A layer of one's own with its own weights, a loss of one's own, and a search for the border on a fine grid.
import keras
import numpy as np
from keras import ops


class Neuron(keras.layers.Layer):
    def build(self, input_shape):
        self.w = self.add_weight(shape=(input_shape[-1], 1), initializer="zeros")
        self.b = self.add_weight(shape=(1,), initializer="zeros")

    def call(self, x):
        return ops.sigmoid(ops.matmul(x, self.w) + self.b)


def cross_entropy(y_true, y_pred):
    p = ops.clip(y_pred, 1e-7, 1 - 1e-7)
    y = ops.cast(ops.reshape(y_true, ops.shape(p)), p.dtype)
    return -ops.mean(y * ops.log(p) + (1 - y) * ops.log(1 - p), axis=-1)


def build_model(n_features):
    model = keras.Sequential([keras.Input((n_features,)), Neuron()])
    model.compile(optimizer=keras.optimizers.Adam(0.05), loss=cross_entropy, metrics=["accuracy"])
    return model


def train(model, x, y):
    return model.fit(x, y, epochs=40, batch_size=32, verbose=0)


def predict_label(model, x, threshold=0.5):
    return (model.predict(x, verbose=0)[:, 0] > threshold) * 1


def decision_boundary(model):
    x = np.linspace(-5, 5, 20001)
    p = model.predict(x.reshape(-1, 1), verbose=0)[:, 0]
    return x[np.argmin(np.abs(p - 0.5))]
