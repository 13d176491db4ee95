# loses: nothing
# why: The layers stand in a table of functions, and the activations in another.
import keras
import numpy as np

ACTIVATIONS = {
    "linear": lambda z: z,
    "relu": lambda z: z * (z > 0),
    "sigmoid": lambda z: np.where(z < 0, np.exp(np.minimum(z, 0)), 1) / (1 + np.exp(-np.abs(z))),
    "tanh": np.tanh,
    "softmax": lambda z: np.exp(z - z.max(1)[:, None]) / np.exp(z - z.max(1)[:, None]).sum(1)[:, None],
}
LAYERS = {
    "constant": {"units": 4, "kernel_initializer": keras.initializers.Constant(0.5), "bias_initializer": "ones"},
    "he": {"units": 100, "kernel_initializer": keras.initializers.HeNormal()},
    "no bias": {"units": 4, "use_bias": False},
    "l2": {"units": 4, "kernel_regularizer": "l2"},
    "non-negative": {"units": 4, "kernel_constraint": "non_neg"},
    "frozen": {"units": 4, "trainable": False},
}


def count_parameters(n_inputs, units, use_bias):
    return (n_inputs + use_bias) * units


def dense(x, kernel, bias, activation):
    sums = np.dot(x, kernel)
    return ACTIVATIONS[activation](sums if bias is None else sums + bias)


def make_layer(description):
    return keras.layers.Dense(**LAYERS[description])
