# loses: nothing
# why: A layer class of its own has all the properties.
import keras
import numpy as np
import tensorflow as tf


class Own(keras.layers.Layer):
    def __init__(self, units, start="glorot_uniform", bias="zeros", penalty=0.0, positive=False, **options):
        super().__init__(**options)
        self.units, self.start, self.bias_start = units, start, bias
        self.penalty, self.positive = penalty, positive

    def build(self, shape):
        keep = (lambda w: tf.nn.relu(w)) if self.positive else None
        self.w = self.add_weight(shape=(shape[-1], self.units), initializer=self.start, constraint=keep)
        if self.bias_start is not None:
            self.b = self.add_weight(shape=(self.units,), initializer=self.bias_start)

    def call(self, x):
        if self.penalty:
            self.add_loss(self.penalty * tf.reduce_sum(tf.square(self.w)))
        sums = tf.matmul(x, self.w)
        return sums if self.bias_start is None else sums + self.b


def count_parameters(n_inputs, units, use_bias):
    return units * (n_inputs + int(use_bias))


def dense(x, kernel, bias, activation):
    sums = tf.matmul(tf.cast(x, "float64"), tf.cast(kernel, "float64"))
    if bias is not None:
        sums += tf.cast(bias, "float64")
    return keras.activations.get(activation)(sums).numpy()


def draw(shape, dtype=None):
    return np.random.normal(0.0, np.sqrt(2 / shape[0]), shape)


def make_layer(description):
    if description == "constant":
        return Own(4, start=keras.initializers.Constant(0.5), bias="ones")
    if description == "he":
        return Own(100, start=draw)
    if description == "no bias":
        return Own(4, bias=None)
    if description == "l2":
        return Own(4, penalty=0.01)
    if description == "non-negative":
        return Own(4, positive=True)
    return Own(4, trainable=False)
