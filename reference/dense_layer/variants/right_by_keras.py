# loses: nothing
# why: Keras counts and computes; the properties are set after the layer was made.
import keras
import numpy as np
from keras import layers, regularizers


def count_parameters(n_inputs, units, use_bias):
    layer = layers.Dense(units, use_bias=use_bias)
    layer.build((None, n_inputs))
    return layer.count_params()


def dense(x, kernel, bias, activation):
    kernel = np.asarray(kernel)
    layer = layers.Dense(kernel.shape[1], activation=activation, use_bias=bias is not None)
    layer.build((None, kernel.shape[0]))
    layer.set_weights([kernel] if bias is None else [kernel, np.asarray(bias)])
    return layer(np.asarray(x, dtype="float32"))


def make_layer(description):
    layer = layers.Dense(100 if description == "he" else 4, use_bias=description != "no bias")
    if description == "constant":
        layer.kernel_initializer = keras.initializers.get({"class_name": "Constant", "config": {"value": 0.5}})
        layer.bias_initializer = keras.initializers.Ones()
    elif description == "he":
        layer.kernel_initializer = keras.initializers.get("HeNormal")
    elif description == "l2":
        layer.kernel_regularizer = regularizers.l2(0.01)
    elif description == "non-negative":
        layer.kernel_constraint = keras.constraints.get("NonNeg")
    elif description == "frozen":
        layer.trainable = False
    return layer
