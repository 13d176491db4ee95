# Eigene Schicht, Vorhersage mit np.where, Grenze mit der Nullstellensuche von SciPy.
import keras
import numpy as np
from keras import ops
from scipy.optimize import brentq


class Neuron(keras.layers.Layer):
    def build(self, form):
        self.gewicht = self.add_weight(shape=(form[-1], 1), initializer="zeros", name="gewicht")
        self.schwelle = self.add_weight(shape=(1,), initializer="zeros", name="schwelle")

    def call(self, zeilen):
        return ops.sigmoid(zeilen @ self.gewicht + self.schwelle)


def build_model(n_features):
    modell = keras.Sequential([keras.Input((n_features,)), Neuron()])
    modell.compile(keras.optimizers.RMSprop(0.03), keras.losses.BinaryCrossentropy(), metrics=["binary_accuracy"])
    return modell


def train(modell, x, y):
    return modell.fit(x=x, y=y, batch_size=20, epochs=60, shuffle=True, verbose=0)


def predict_label(modell, x, threshold=0.5):
    return np.where(np.squeeze(modell.predict(x, verbose=0), axis=1) > threshold, 1, 0)


def decision_boundary(modell):
    def abstand(stelle):
        return float(np.asarray(modell(np.array([[stelle]], dtype="float32"))).item()) - 0.5

    try:
        return brentq(abstand, -50.0, 50.0)
    except ValueError:
        return float("nan")
