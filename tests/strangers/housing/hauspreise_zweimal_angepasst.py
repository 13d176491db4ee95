import keras
import numpy as np
import matplotlib.pyplot as plt
from sklearn.preprocessing import StandardScaler

scaler = StandardScaler()


def prepare(x_train, x_test, y_train, y_test):
    x_train = scaler.fit_transform(x_train)
    x_test = scaler.fit_transform(x_test)
    # Werte auf 0 bis 1 bringen
    y_train = y_train / y_train.max()
    y_test = y_test / y_test.max()
    return x_train, x_test, y_train, y_test


def build_model():
    modell = keras.Sequential([
        keras.layers.Input((8,)),
        keras.layers.Dense(16, activation="relu"),
        keras.layers.Dropout(0.1),
        keras.layers.Dense(16, activation="relu"),
        keras.layers.Dropout(0.1),
        keras.layers.Dense(1, activation="sigmoid"),
    ])
    modell.compile(optimizer=keras.optimizers.Adam(0.01), loss="mse", metrics=["accuracy"])
    return modell


def train(model, x_train, y_train, x_val, y_val):
    return model.fit(x_train, y_train / 5, epochs=30, validation_data=(x_val, y_val / 5), verbose=0)


def scores(model, x, y):
    vorhersage = model.predict(x).flatten() * 5
    return {"r2": 1 - np.sum((y - vorhersage) ** 2) / np.sum((y - np.mean(y)) ** 2), "mae": np.mean(np.abs(y - vorhersage))}


def residual_plot(model, x, y):
    vorhersage = model.predict(x).flatten() * 5
    fig, ax = plt.subplots()
    ax.scatter(vorhersage, y - vorhersage)
    ax.axhline(0)
    ax.set_xlabel("Vorhersage")
    ax.set_ylabel("Residuum")
    return fig
