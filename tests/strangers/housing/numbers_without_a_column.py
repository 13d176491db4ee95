import keras
import matplotlib.pyplot as plt
import numpy as np
from sklearn.metrics import mean_absolute_error, r2_score
from sklearn.preprocessing import StandardScaler


def prepare(x_train, x_test, y_train, y_test):
    s = StandardScaler().fit(x_train)
    return s.transform(x_train), s.transform(x_test), y_train, y_test


def build_model():
    i = keras.Input((8,))
    x = i
    for _ in range(2):
        x = keras.layers.Dropout(0.05)(keras.layers.Dense(32, activation="relu")(x))
    o = keras.layers.Reshape(())(keras.layers.Dense(1)(x))
    model = keras.Model(i, o)
    model.compile(optimizer=keras.optimizers.Adam(0.005), loss="mse", metrics=["mae"])
    return model


def batches(x, y, rng=np.random.default_rng(1)):
    while True:
        j = rng.integers(0, len(x), 32)
        yield x[j], y[j]


def train(model, x_train, y_train, x_val, y_val):
    return model.fit(x_train, y_train, batch_size=32, validation_data=(x_val, y_val), epochs=40, verbose=0)


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
