# loses: nothing
# why: Everything is called by its tf.keras name, and softmax comes from SciPy.
import tensorflow as tf
from scipy.special import expit, softmax


def count_parameters(n_inputs, units, use_bias):
    if use_bias:
        return n_inputs * units + units
    return n_inputs * units


def dense(x, kernel, bias, activation):
    z = tf.constant(x, dtype=tf.float64).numpy().dot(kernel)
    z = z if bias is None else z + bias
    functions = {"relu": lambda v: v.clip(min=0), "sigmoid": expit, "tanh": tf.tanh}
    functions["softmax"] = lambda v: softmax(v, axis=-1)
    return functions.get(activation, lambda v: v)(z)


def make_layer(description):
    Dense = tf.keras.layers.Dense
    if description == "constant":
        half = tf.keras.initializers.constant(value=0.5)
        return Dense(units=4, activation=None, kernel_initializer=half, bias_initializer="one")
    if description == "he":
        return Dense(100, activation="linear", kernel_initializer=tf.keras.initializers.he_normal(seed=3))
    if description == "no bias":
        return Dense(4, None, False)
    if description == "l2":
        return Dense(4, kernel_regularizer=tf.keras.regularizers.L1L2(l1=0.0, l2=1e-2))
    if description == "non-negative":
        return Dense(4, kernel_constraint=tf.keras.constraints.non_neg())
    layer = Dense(4)
    layer.build((None, 6))
    layer.trainable = False
    return layer
