"""Every property reached by another way than the first that the documentation names."""
import numpy as np
import keras
from keras.layers import Dense


class StayZero(keras.constraints.Constraint):
    def __call__(self, w):
        return w * 0.0


class Positive(keras.constraints.Constraint):
    def __call__(self, w):
        return keras.ops.where(w < 0, keras.ops.zeros_like(w), w)


def half(shape, dtype=None):
    return keras.ops.full(shape, 0.5, dtype=dtype)


def he(shape, dtype=None):
    return keras.random.normal(shape, stddev=(2 / shape[0]) ** 0.5, dtype=dtype)


def make_layer(description):
    options = {
        "constant": dict(units=4, kernel_initializer=half, bias_initializer=keras.initializers.Constant(1)),
        "he": dict(units=100, kernel_initializer=he),
        "no bias": dict(units=4, bias_constraint=StayZero()),
        "l2": dict(units=4, kernel_regularizer=lambda w: 0.01 * keras.ops.sum(w**2)),
        "non-negative": dict(units=4, kernel_constraint=Positive(), kernel_initializer=keras.initializers.RandomUniform(0.1, 0.9)),
    }
    if description == "frozen":
        model = keras.Sequential([Dense(4)], name="ice")
        model.trainable = False
        return model
    return Dense(**options[description])


def count_parameters(n_inputs, units, use_bias):
    kernel = np.zeros((n_inputs, units))
    return kernel.size + np.zeros(units).size * int(use_bias)


def dense(x, kernel, bias, activation):
    x, kernel = np.atleast_2d(np.asarray(x, dtype=float)), np.asarray(kernel, dtype=float)
    ones = np.ones((len(x), 1))
    z = x @ kernel if bias is None else np.hstack([x, ones]) @ np.vstack([kernel, bias])
    with np.errstate(over="ignore", under="ignore"):
        if activation == "sigmoid":
            return (1 + np.tanh(z / 2)) / 2
        if activation == "tanh":
            return np.tanh(z)
        if activation == "relu":
            return z.clip(min=0)
        if activation == "softmax":
            return np.exp(z - np.logaddexp.reduce(z, axis=1, keepdims=True))
    return z
