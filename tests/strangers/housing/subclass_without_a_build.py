import keras
import matplotlib.pyplot as plt
import numpy as np
from sklearn.metrics import mean_absolute_error, r2_score
from sklearn.preprocessing import StandardScaler


def prepare(x_train, x_test, y_train, y_test):
    s = StandardScaler().fit(x_train)
    return s.transform(x_train), s.transform(x_test), y_train, y_test


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.d1 = keras.layers.Dense(32, activation="relu")
        self.d2 = keras.layers.Dense(32, activation="relu")
        self.drop = keras.layers.Dropout(0.05)
        self.out = keras.layers.Dense(1)

    def call(self, x, training=False):
        x = self.drop(self.d1(x), training=training)
        x = self.drop(self.d2(x), training=training)
        return self.out(x)


def build_model():
    model = Net()
    model.compile(optimizer=keras.optimizers.Adam(0.005), loss="mse", metrics=["mae"])
    return model


def train(model, x_train, y_train, x_val, y_val):
    return model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=40, batch_size=32, verbose=0)


def scores(model, x, y):
    p = model.predict(x, verbose=0).ravel()
    return {"r2": r2_score(y, p), "mae": mean_absolute_error(y, p)}


def residual_plot(model, x, y):
    p = model.predict(x, verbose=0).ravel()
    fig, ax = plt.subplots()
    ax.scatter(p, y - p)
    ax.axhline(0)
    ax.set(xlabel="prediction", ylabel="residual")
    return fig
