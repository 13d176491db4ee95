# loses: nothing
# why: selu with AlphaDropout, a compile in train, means and deviations by hand, an axes object instead of a figure.
import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers, ops


def prepare(x_train, x_test, y_train, y_test):
    x_train, x_test = np.array(x_train, dtype="float32"), np.array(x_test, dtype="float32")
    center = x_train.mean(axis=0)
    width = x_train.std(axis=0) + 1e-8
    return (x_train - center) / width, (x_test - center) / width, np.array(y_train), np.array(y_test)


def build_model():
    inputs = layers.Input(shape=(8,))
    x = layers.Dense(16, "selu", kernel_initializer="lecun_normal")(inputs)
    x = layers.AlphaDropout(0.02)(x)
    x = layers.Dense(16, "selu", kernel_initializer="lecun_normal")(x)
    model = keras.Model(inputs, layers.Dense(1, activation="linear")(x))
    model.compile(optimizer=keras.optimizers.Adam(0.005), loss="mse", metrics=["mse"])
    return model


def train(model, x_train, y_train, x_val, y_val):
    return model.fit(x=x_train, y=y_train, validation_data=(x_val, y_val), epochs=40, batch_size=32, verbose=0)


def scores(model, x, y):
    predicted = ops.convert_to_numpy(model(x, training=False)).flatten()
    return {
        "r2": 1 - np.mean((y - predicted) ** 2) / np.var(y),
        "mae": float(keras.metrics.mean_absolute_error(y, predicted)),
    }


def residual_plot(model, x, y):
    predicted = model.predict(x, verbose=0).reshape(-1)
    _, axes = plt.subplots(figsize=(6, 4))
    axes.plot(predicted, y - predicted, ".", label="rows")
    axes.axhline(0, label="right")
    axes.legend()
    axes.set_xlabel("y_pred")
    axes.set_ylabel("y - y_pred")
    return axes
