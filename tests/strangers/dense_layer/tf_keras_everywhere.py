import numpy as np
import tensorflow as tf
from tensorflow.keras import constraints, initializers, layers, regularizers


def count_parameters(n_inputs, units, use_bias):
    layer = layers.Dense(units, use_bias=use_bias)
    layer.build(input_shape=(None, n_inputs))
    print(layer.name, "has", layer.count_params(), "parameters")
    return layer.count_params()


def dense(x, kernel, bias, activation):
    x = tf.constant(x, dtype=tf.float64)
    z = tf.matmul(x, tf.constant(kernel, dtype=tf.float64))
    if bias is not None:
        z = z + tf.constant(bias, dtype=tf.float64)
    if activation == "linear":
        return z
    return getattr(tf.nn, activation)(z)


def make_layer(description):
    if description == "constant":
        layer = layers.Dense(4, kernel_initializer=tf.constant_initializer(0.5), bias_initializer="ones")
    elif description == "he":
        layer = layers.Dense(units=100, activation="linear", kernel_initializer=initializers.he_normal(seed=7))
    elif description == "no bias":
        layer = layers.Dense(units=4, activation=None, use_bias=False)
    elif description == "l2":
        layer = layers.Dense(units=4, kernel_regularizer=regularizers.l2(0.01))
    elif description == "non-negative":
        layer = layers.Dense(units=4, kernel_constraint=constraints.NonNeg(), kernel_initializer=initializers.RandomUniform(0, 1))
    elif description == "frozen":
        layer = layers.Dense(units=4)
        layer.trainable = False
    else:
        raise ValueError("unknown: " + description)
    return layer
