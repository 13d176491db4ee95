# loses: nothing
# why: Plain Python wherever it goes: lists and dicts come back instead of arrays, and numbers are Python floats.
import math
import random

import keras
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits


def load():
    digits = load_digits()
    return digits.data.tolist(), digits.target.tolist()


def scale(x):
    return [[value / 16 for value in row] for row in x]


def class_counts(y):
    labels = list(y)
    return {digit: labels.count(digit) for digit in range(10)}


def one_hot(y):
    return [[1.0 if column == label else 0.0 for column in range(10)] for label in y]


def split(x, y, seed):
    rows = list(zip(x, y))
    random.Random(seed).shuffle(rows)
    n_test = math.ceil(len(rows) / 4)
    test_rows, train_rows = rows[:n_test], rows[n_test:]
    x_train, y_train = zip(*train_rows)
    x_test, y_test = zip(*test_rows)
    return list(x_train), list(x_test), list(y_train), list(y_test)


def build_model():
    model = keras.Sequential()
    model.add(keras.Input(shape=(64,)))
    model.add(keras.layers.Dense(80, activation="sigmoid"))
    model.add(keras.layers.Dense(10, activation="softmax"))
    model.compile(loss="categorical_crossentropy", optimizer=keras.optimizers.Adam(0.01), metrics=["accuracy"])
    return model


def train(model, x_train, y_train, x_val, y_val):
    # Keras wants arrays.
    return model.fit(
        np.array(x_train, dtype="float64"),
        np.array(y_train),
        validation_data=(np.array(x_val, dtype="float64"), np.array(y_val)),
        epochs=30,
        verbose=0,
    )


def mean(values):
    return sum(values) / len(values)


def diagnose(history):
    loss, val_loss = history.history["loss"], history.history["val_loss"]
    accuracy, val_accuracy = history.history["accuracy"], history.history["val_accuracy"]
    end, val_end = mean(accuracy[-3:]), mean(val_accuracy[-3:])
    if end < 0.8 and val_end < 0.8:
        return "underfitting"
    if mean(val_loss[-3:]) > 1.2 * min(val_loss) and mean(loss[-3:]) < mean(val_loss[-3:]) and loss[-1] < loss[0]:
        return "overfitting"
    return "good fit"


def predict_probabilities(model, x):
    return model.predict(np.array(x), verbose=0).astype(float).tolist()


def confusion(y_true, y_pred):
    matrix = []
    for i in range(10):
        matrix.append([sum(1 for t, p in zip(y_true, y_pred) if t == i and p == j) for j in range(10)])
    return matrix


def plot_samples(x, y):
    figure, axes = plt.subplots(2, 5)
    for number in range(10):
        row = list(x[number])
        axes[number // 5, number % 5].imshow([row[8 * i : 8 * i + 8] for i in range(8)], cmap="gray_r")
        axes[number // 5, number % 5].set_title(str(y[number]))
    return figure


def plot_features(x, y):
    figure, axes = plt.subplots(8, 8, figsize=(10, 10))
    for number in range(64):
        ax = axes[number // 8, number % 8]
        ax.scatter([row[number] for row in x], list(y), s=1)
        ax.axis("off")
    return figure


def plot_history(history):
    figure = plt.figure(figsize=(9, 4))
    names = {"loss": figure.add_subplot(121), "accuracy": figure.add_subplot(122)}
    for name, ax in names.items():
        ax.plot(history.history[name], label="training " + name)
        ax.plot(history.history["val_" + name], label="validation " + name)
        ax.set_xlabel("epoch")
        ax.set_ylabel(name)
        ax.legend()
    return figure


def new_model(activation, loss):
    model = keras.Sequential(
        [
            keras.Input(shape=(64,)),
            keras.layers.Dense(80, activation="sigmoid"),
            keras.layers.Dense(10, activation=activation),
        ]
    )
    model.compile(loss=loss, optimizer=keras.optimizers.Adam(0.01), metrics=["accuracy"])
    return model


def compare_output_activations(x_train, y_train, x_val, y_val):
    result = {}
    for activation in ["relu", "sigmoid", "softmax"]:
        model = new_model(activation, "categorical_crossentropy")
        model.fit(x_train, y_train, epochs=10, verbose=0)
        rows = predict_probabilities(model, x_val)
        hits = [row.index(max(row)) == list(true).index(1) for row, true in zip(rows, y_val)]
        result[activation] = hits.count(True) / len(hits)
    return result


def compare_losses(x_train, y_train, x_val, y_val):
    result = {}
    for loss in ["mse", "categorical_crossentropy"]:
        model = new_model("softmax", loss)
        history = model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=10, verbose=0)
        result[loss] = [float(value) for value in history.history["val_accuracy"]]
    return result
