import keras
import numpy as np
from scipy.special import expit, softmax

ACTIVATIONS = {
    "linear": lambda z: z,
    "relu": lambda z: np.where(z > 0, z, 0),
    "sigmoid": expit,
    "tanh": np.tanh,
    "softmax": lambda z: softmax(z, axis=-1),
}

LAYERS = {
    "constant": lambda: keras.layers.Dense(4, None, True, keras.initializers.Constant(0.5), keras.initializers.Ones()),
    "he": lambda: keras.layers.Dense(100, kernel_initializer=keras.initializers.VarianceScaling(2.0)),
    "no bias": lambda: keras.layers.Dense(4, use_bias=False, name="without_bias"),
    "l2": lambda: keras.layers.Dense(4, kernel_regularizer="l2"),
    "non-negative": lambda: keras.layers.Dense(4, kernel_constraint="non_neg"),
    "frozen": lambda: keras.layers.Dense(4, trainable=False),
}


def count_parameters(n_inputs, units, use_bias):
    return sum([n_inputs * units, units * use_bias])


def dense(x, kernel, bias, activation):
    z = np.tensordot(x, kernel, axes=1)
    return ACTIVATIONS[activation](z if bias is None else np.add(z, bias))


def make_layer(description):
    return LAYERS[description]()
