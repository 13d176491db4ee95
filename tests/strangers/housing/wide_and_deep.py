import keras
import numpy as np
import matplotlib.pyplot as plt
from keras import layers
from sklearn.metrics import mean_absolute_error, r2_score
from sklearn.preprocessing import StandardScaler, MinMaxScaler


def prepare(x_train, x_test, y_train, y_test):
    sx, sy = StandardScaler(), StandardScaler()
    x_train = sx.fit_transform(x_train)
    x_test = sx.transform(x_test)
    y_train = sy.fit_transform(y_train.reshape(-1, 1)).ravel()
    y_test = sy.transform(y_test.reshape(-1, 1)).ravel()
    return x_train, x_test, y_train, y_test


def build_model():
    class WideAndDeep(keras.Model):
        """The input goes to the output as well, past the hidden layers."""
        def __init__(self, units=30, activation="relu", **kwargs):
            super().__init__(**kwargs)
            self.norm = layers.Normalization()
            self.hidden1 = layers.Dense(units, activation=activation)
            self.hidden2 = layers.Dense(units, activation=activation)
            self.dropout = layers.Dropout(0.1)
            self.main_output = layers.Dense(1)

        def call(self, inputs, training=None):
            normalized = self.norm(inputs)
            h = self.dropout(self.hidden1(normalized), training=training)
            h = self.dropout(self.hidden2(h), training=training)
            return self.main_output(layers.concatenate([normalized, h]))

    model = WideAndDeep(name="wide_and_deep")
    model.compile(optimizer=keras.optimizers.Adam(0.005), loss="mse", metrics=["mae"])
    return model


def train(model, x_train, y_train, x_val, y_val):
    model.norm.adapt(x_train)
    return model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=60, verbose=0)


def scores(model, x, y):
    p = model.predict(x, verbose=0).ravel()
    return {"r2": r2_score(y, p), "mae": mean_absolute_error(y, p)}


def residual_plot(model, x, y):
    p = model.predict(x, verbose=0).ravel()
    fig, ax = plt.subplots()
    ax.scatter(p, y - p)
    ax.axhline(0, color="r")
    ax.set_xlabel("prediction")
    ax.set_ylabel("residual")
    return fig
