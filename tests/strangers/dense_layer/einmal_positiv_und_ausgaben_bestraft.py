import numpy as np
from keras import initializers, layers, regularizers


def count_parameters(n_inputs, units, use_bias):
    # jeder Eingang und der Bias haben einen Pfeil zu jeder Einheit
    return (n_inputs + 1) * units


def dense(x, kernel, bias, activation):
    y = np.matmul(x, kernel)
    if bias is not None:
        y = y + bias
    if activation == "linear":
        return y
    elif activation == "relu":
        return np.max(y, 0)
    elif activation == "sigmoid":
        return 1 / (1 + np.exp(-y))
    elif activation == "tanh":
        return np.tanh(y)
    elif activation == "softmax":
        y = y - y.max()
        return np.exp(y) / np.exp(y).sum()


def make_layer(description):
    if description == "constant":
        return layers.Dense(4, kernel_initializer=initializers.Constant(0.5), bias_initializer=initializers.Constant(0.5))
    if description == "he":
        return layers.Dense(100, kernel_initializer=initializers.RandomNormal(stddev=2.0))
    if description == "no bias":
        return layers.Dense(4, bias_initializer="zeros")
    if description == "l2":
        return layers.Dense(4, activity_regularizer=regularizers.L2(0.01))
    if description == "non-negative":
        return layers.Dense(4, kernel_initializer=initializers.RandomUniform(minval=0, maxval=1))
    if description == "frozen":
        schicht = layers.Dense(4)
        schicht.kernel.trainable = False
        return schicht
