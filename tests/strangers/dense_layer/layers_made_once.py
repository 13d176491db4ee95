import keras
import numpy as np
from keras import layers

constant = layers.Dense(4, kernel_initializer=keras.initializers.Constant(0.5), bias_initializer="ones")
he = layers.Dense(100, kernel_initializer="he_normal")
no_bias = layers.Dense(4, use_bias=False)
l2 = layers.Dense(4, kernel_regularizer=keras.regularizers.l2(0.01))
non_negative = layers.Dense(4, kernel_constraint="NonNeg")
frozen = layers.Dense(4, trainable=False)

all_layers = {"constant": constant, "he": he, "no bias": no_bias, "l2": l2, "non-negative": non_negative, "frozen": frozen}


def make_layer(description):
    return all_layers[description]


def count_parameters(n_inputs, units, use_bias):
    if use_bias:
        return n_inputs * units + units
    return n_inputs * units


def dense(x, kernel, bias, activation):
    z = np.dot(x, kernel) + bias
    if activation == "relu":
        return np.maximum(z, 0)
    if activation == "sigmoid":
        return 1 / (1 + np.exp(-z))
    if activation == "tanh":
        return np.tanh(z)
    if activation == "softmax":
        return np.exp(z) / np.sum(np.exp(z), axis=1, keepdims=True)
    return z
