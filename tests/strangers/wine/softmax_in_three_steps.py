import functools

import keras
import tensorflow as tf
from keras import layers

counts = tf.constant([30.0, 36.0, 24.0])


def weighted(y_true, y_pred, weights):
    y = tf.cast(tf.reshape(y_true, [-1]), tf.int32)
    place = tf.stack([tf.range(tf.shape(y)[0]), y], axis=1)
    return -tf.gather(weights, y) * tf.math.log(tf.gather_nd(y_pred, place) + 1e-8)


def build_model():
    rows = keras.Input((13,))
    z = layers.Dense(3)(layers.Dense(12, activation=tf.nn.relu)(rows))
    e = layers.Activation("exponential")(layers.Lambda(lambda t: t / 2.0)(z))
    p = layers.Lambda(lambda t: t / tf.reduce_sum(t, axis=1, keepdims=True))(e)
    model = keras.Model(rows, p)
    loss = functools.partial(weighted, weights=tf.reduce_mean(counts) / counts)
    model.compile(optimizer=keras.optimizers.Adam(0.02), loss=loss, metrics=["accuracy"])
    return model


def train(model, x_train, y_train, x_val, y_val):
    return model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=25, batch_size=16, verbose=0)


# Not written yet:
def prepare(x_train, x_test): raise NotImplementedError
def evaluate(model, x, y): raise NotImplementedError
