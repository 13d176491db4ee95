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
    model = keras.Sequential([
        layers.Input((8,)),
        layers.Dense(32, activation="relu"), layers.Dropout(0.1),
        layers.Dense(32, activation="relu"), layers.Dropout(0.1),
        layers.Dropout(0.1), layers.Dense(1), layers.Dropout(0.1)])
    model.compile(optimizer=keras.optimizers.Adam(0.005), loss="mse", metrics=["mae"])
    return model


def train(model, x_train, y_train, x_val, y_val):
    return model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=60, verbose=0)


def scores(model, x, y):
    p = model.predict(x, verbose=0).ravel()
    return {"r2": r2_score(y, p), "mae": mean_absolute_error(y, p)}


def residual_plot(model, x, y):
    p = model.predict(x, verbose=0).ravel()
    fig, ax = plt.subplots()
    ax.scatter(p, (y - p) / np.std(y - p))
    ax.axhline(0, color="r")
    ax.set_xlabel("prediction")
    ax.set_ylabel("residual")
    return fig
