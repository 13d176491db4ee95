# loses: nothing
# why: pandas and loops in plain Python, lists instead of arrays, logarithms of the target, early stopping.
import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd


def prepare(x_train, x_test, y_train, y_test):
    train, test = pd.DataFrame(x_train), pd.DataFrame(x_test)
    mean, deviation = train.mean(), train.std(ddof=0).replace(0, 1)
    y_train = [float(np.log1p(y)) for y in y_train]
    y_test = [float(np.log1p(y)) for y in y_test]
    return [(train - mean) / deviation, (test - mean) / deviation, y_train, y_test]


def build_model():
    model = keras.models.Sequential()
    model.add(keras.layers.Input((8,)))
    model.add(keras.layers.Dropout(0.02))
    for units in (32, 16):
        model.add(keras.layers.Dense(units))
        model.add(keras.layers.BatchNormalization())
        model.add(keras.layers.Activation("tanh"))
        model.add(keras.layers.Dropout(0.05))
    model.add(keras.layers.Dense(1))
    model.compile(loss=keras.losses.MeanSquaredError(), optimizer=keras.optimizers.RMSprop(0.005))
    return model


def train(model, x_train, y_train, x_val, y_val):
    stop = keras.callbacks.EarlyStopping(patience=10, restore_best_weights=True)
    return model.fit(
        x_train, y_train, batch_size=64, epochs=40, verbose=0, validation_data=(x_val, y_val), callbacks=[stop]
    )


def _predictions(model, x):
    return [float(row[0]) for row in model.predict(x, verbose=0)]


def scores(model, x, y):
    predictions, values = _predictions(model, x), [float(v) for v in y]
    mean = sum(values) / len(values)
    rest = sum((v - p) ** 2 for v, p in zip(values, predictions))
    total = sum((v - mean) ** 2 for v in values)
    return {"r2": 1 - rest / total, "mae": sum(abs(v - p) for v, p in zip(values, predictions)) / len(values)}


def residual_plot(model, x, y):
    predictions = _predictions(model, x)
    residuals = [float(v) - p for v, p in zip(y, predictions)]
    axes = pd.DataFrame({"prediction": predictions, "residual": residuals}).plot.scatter("prediction", "residual")
    axes.axhline(y=0)
    return axes.figure
