# loses: nothing
# why: The layers come wrapped in a model, or have their weights already.
import keras
import numpy as np


def count_parameters(n_inputs, units, use_bias):
    return np.prod([n_inputs, units]) + use_bias * units


def softmax(z):
    z = z - np.max(z, axis=-1, keepdims=True)
    return np.exp(z) / np.sum(np.exp(z), axis=-1, keepdims=True)


def dense(x, kernel, bias, activation):
    z = np.einsum("ni,iu->nu", np.asarray(x, float), np.asarray(kernel, float))
    if bias is not None:
        z = z + np.asarray(bias)[np.newaxis]
    if activation == "relu":
        z = np.where(z > 0, z, 0)
    elif activation == "sigmoid":
        z = np.exp(-np.logaddexp(0, -z))
    elif activation == "tanh":
        z = np.sinh(np.clip(z, -50, 50)) / np.cosh(np.clip(z, -50, 50))
    elif activation == "softmax":
        z = softmax(z)
    return np.array(z, dtype="float32")


def make_layer(description):
    if description == "he":
        return keras.layers.Dense(100, kernel_initializer="he_normal")
    options = {"l2": {"kernel_regularizer": keras.regularizers.L2(l2=0.01)}}
    options["non-negative"] = {"kernel_constraint": keras.constraints.NonNeg()}
    layer = keras.layers.Dense(4, use_bias=description != "no bias", **options.get(description, {}))
    layer.build((None, 6))
    if description == "constant":
        layer.set_weights([np.full((6, 4), 0.5), np.ones(4)])
    layer.trainable = description != "frozen"
    return keras.Sequential([layer]) if description == "no bias" else layer
