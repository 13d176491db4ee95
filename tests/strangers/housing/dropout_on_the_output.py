import keras
import matplotlib.pyplot as plt
import numpy as np


def prepare(x_train, x_test, y_train, y_test):
    mean = x_train.mean(axis=0)
    std = x_train.std(axis=0)
    return (x_train - mean) / std, (x_test - mean) / std, y_train, y_test


def build_model():
    model = keras.Sequential()
    model.add(keras.layers.Dense(16, input_shape=(8,), activation="relu"))
    model.add(keras.layers.Dense(16, activation="relu"))
    model.add(keras.layers.Dense(1))
    model.add(keras.layers.Dropout(0.2))
    model.compile(loss="mean_squared_error", optimizer=keras.optimizers.Adam(0.005))
    return model


def train(model, x_train, y_train, x_val, y_val):
    return model.fit(x_train, y_train, epochs=30, batch_size=32, validation_split=0.2, verbose=0)


def scores(model, x, y):
    pred = model.predict(x)
    ss_res = np.sum((y - pred) ** 2)
    ss_tot = np.sum((y - y.mean()) ** 2)
    return {"r2": 1 - ss_res / ss_tot, "mae": np.mean(np.abs(y - pred))}


def residual_plot(model, x, y):
    pred = model.predict(x)
    fig = plt.figure()
    plt.scatter(y, pred)
    plt.plot([0, 5], [0, 5])
    plt.xlabel("true")
    plt.ylabel("predicted")
    return fig
