import keras
import numpy as np


def count_parameters(n_inputs, units, use_bias):
    print(n_inputs * units + units)


def dense(x, kernel, bias, activation):
    """x @ kernel + bias, then the activation from Keras"""
    out = []
    for row in x:
        out.append(row @ kernel + bias)
    f = keras.activations.get(activation)
    return f(np.array(out))


def make_layer(description):
    L = keras.layers.Dense
    if description == "constant":
        layer = L(4, kernel_initializer=0.5, bias_initializer=1)
    if description == "he":
        layer = L(100, kernel_initializer="he")
    if description == "no bias":
        layer = L(4, use_bias="False")
    if description == "l2":
        layer = L(4, kernel_regularizer=keras.regularizers.L2(0.1))
    if description == "non negative":
        layer = L(4, kernel_constraint="nonneg")
    if description == "frozen":
        layer = L(4)
        layer.trainable == False
    return layer
