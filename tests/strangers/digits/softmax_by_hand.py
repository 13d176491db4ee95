import keras
import numpy as np
from keras import layers, ops


def my_softmax(z):
    e = ops.exp(z - ops.max(z, axis=-1, keepdims=True))
    return e / ops.sum(e, axis=-1, keepdims=True)


def cross_entropy(y_true, y_pred):
    return -ops.mean(ops.sum(y_true * ops.log(y_pred + 1e-7), axis=-1))


def build_model():
    inputs = layers.Input(shape=(64,))
    x = layers.Lambda(lambda t: 2.0 * t - 1.0)(inputs)
    x = layers.Dense(64)(x)
    x = layers.Lambda(lambda t: ops.maximum(0.1 * t, t))(x)
    x = layers.Dense(10)(x)
    outputs = layers.Lambda(my_softmax)(x)
    model = keras.Model(inputs, outputs)
    model.compile(optimizer=keras.optimizers.Adam(0.002), loss=cross_entropy, metrics=["categorical_accuracy"])
    return model


def train(model, x_train, y_train, x_val, y_val):
    return model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=8, verbose=0)


def predict_probabilities(model, x):
    p = model.predict(x, verbose=0)
    return p / np.sum(p, axis=1, keepdims=True)


# Not written yet:
def load(): raise NotImplementedError
def class_counts(y): raise NotImplementedError
def plot_samples(x, y): raise NotImplementedError
def plot_features(x, y): raise NotImplementedError
def scale(x): raise NotImplementedError
def one_hot(y): raise NotImplementedError
def split(x, y, seed): raise NotImplementedError
def plot_history(history): raise NotImplementedError
def diagnose(history): raise NotImplementedError
def confusion(y_true, y_pred): raise NotImplementedError
def compare_output_activations(x_train, y_train, x_val, y_val): raise NotImplementedError
def compare_losses(x_train, y_train, x_val, y_val): raise NotImplementedError
