import numpy as np
import pandas as pd
from keras import Sequential, layers, initializers, regularizers, constraints


def lineare_aktivierung(z): return z
def relu(z): return np.maximum(0.0, z)
def tanh(z): return 2 * sigmoid(2 * z) - 1


def sigmoid(z):
    ergebnis = np.empty_like(z)
    positiv = z >= 0
    ergebnis[positiv] = 1 / (1 + np.exp(-z[positiv]))
    e = np.exp(z[~positiv])
    ergebnis[~positiv] = e / (1 + e)
    return ergebnis


def softmax(z):
    z = z - np.max(z, axis=1).reshape(-1, 1)
    return np.exp(z) / np.exp(z).sum(axis=1).reshape(-1, 1)


FUNKTIONEN = dict(linear=lineare_aktivierung, relu=relu, sigmoid=sigmoid, tanh=tanh, softmax=softmax)


def count_parameters(n_inputs, units, use_bias):
    gewichte = np.int64(n_inputs) * units
    if use_bias == True:
        gewichte += units
    return gewichte


def dense(x, kernel, bias, activation):
    z = np.array(x) @ np.array(kernel)
    if bias is not None:
        z = z + np.array(bias)
    return pd.DataFrame(FUNKTIONEN[activation](z.astype("float64")))


class Schichten:
    def konstant(self):
        return layers.Dense(4, kernel_initializer=initializers.Constant(0.5), bias_initializer=initializers.Constant(1.0))

    def he(self):
        return layers.Dense(100, kernel_initializer=initializers.get("he_normal"), bias_initializer="zeros")

    def ohne_bias(self):
        return layers.EinsumDense("ni,iu->nu", output_shape=4)

    def l2(self):
        return layers.Dense(4, kernel_regularizer=regularizers.L1L2(l1=0.0, l2=0.01))

    def nicht_negativ(self):
        return layers.Dense(4, kernel_constraint=constraints.NonNeg(), kernel_initializer="ones")

    def eingefroren(self):
        schicht = layers.Dense(4)
        schicht.build((None, 6))
        schicht.trainable = False
        return schicht


def make_layer(description):
    methode = {"constant": "konstant", "he": "he", "no bias": "ohne_bias", "l2": "l2", "non-negative": "nicht_negativ", "frozen": "eingefroren"}
    return getattr(Schichten(), methode[description])()
