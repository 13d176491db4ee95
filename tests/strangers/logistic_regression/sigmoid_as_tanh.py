import numpy as np
import tensorflow as tf


def squash(z):
    return 0.5 * (1.0 + tf.tanh(0.5 * z))


def build_model(n_features):
    inputs = tf.keras.Input(shape=(n_features,))
    z = tf.keras.layers.Dense(1, name="neuron")(inputs)
    p = tf.keras.layers.Activation(squash)(z)
    model = tf.keras.Model(inputs, p)
    model.compile(optimizer=tf.keras.optimizers.Adam(0.04), loss="binary_crossentropy", metrics=["accuracy"])
    return model


def train(model, x, y):
    return model.fit(x, y, epochs=40, verbose=0)


def predict_label(model, x, threshold=0.5):
    p = np.ravel(model.predict(x, verbose=0))
    return np.where(p > threshold, 1, 0)


def decision_boundary(model):
    w, b = (v.item() for v in model.get_layer("neuron").get_weights())
    return -b / w
