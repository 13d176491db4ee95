# loses: nothing
# why: Functional API, NumPy's random generator for the split, a dict of counts, scikit-learn's confusion matrix.
from collections import Counter

import matplotlib.pyplot as plt
import numpy as np
from keras import Input, Model, layers
from keras.utils import to_categorical
from sklearn import datasets, metrics


def load():
    digits = datasets.load_digits()
    return digits.data, digits.target


def class_counts(y):
    found = Counter(int(label) for label in y)
    return {digit: found[digit] for digit in range(10)}


def scale(x):
    return x / 16.0


def one_hot(y):
    return to_categorical(y, 10)


def split(x, y, seed):
    order = np.random.default_rng(seed).permutation(len(x))
    n_test = round(len(x) / 4)
    test, train_ = order[:n_test], order[n_test:]
    return x[train_], x[test], y[train_], y[test]


def network(head):
    pixels = Input(shape=(64,), name="pixels")
    hidden = layers.Dense(128, activation="relu", name="hidden_1")(pixels)
    hidden = layers.Dense(64, activation="relu", name="hidden_2")(hidden)
    digit = layers.Dense(10, activation=head, name="digit")(hidden)
    return Model(inputs=pixels, outputs=digit)


def build_model(head="softmax", loss="categorical_crossentropy"):
    model = network(head)
    model.compile("adam", loss, metrics=["accuracy"])
    return model


def train(model, x_train, y_train, x_val, y_val, epochs=30):
    return model.fit(x_train, y_train, 64, epochs, verbose=0, validation_data=(x_val, y_val))


def diagnose(history):
    h = history.history
    lowest = min(h["val_loss"])
    if h["val_loss"][-1] > 1.2 * lowest and h["val_loss"][-1] > 2 * h["loss"][-1]:
        return "overfitting"
    if h["accuracy"][-1] < 0.75:
        return "underfitting"
    return "good fit"


def predict_probabilities(model, x):
    return model(x).numpy()


def confusion(y_true, y_pred):
    return metrics.confusion_matrix(y_true, y_pred, labels=range(10))


def plot_samples(x, y):
    fig = plt.figure(figsize=(10, 2))
    for i in range(10):
        ax = fig.add_subplot(1, 10, i + 1)
        ax.imshow(x[i].reshape(8, 8), cmap="viridis")
        ax.set_title(str(y[i]))
        ax.axis("off")
    return fig


def plot_features(x, y):
    fig = plt.figure(figsize=(12, 12))
    for i in range(64):
        ax = fig.add_subplot(8, 8, i + 1)
        ax.plot(y, x[:, i], ".", markersize=1)
        ax.set_xticks([])
        ax.set_yticks([])
    return fig


def plot_history(history):
    fig, (left, right) = plt.subplots(1, 2)
    left.plot(history.history["loss"], label="loss")
    left.plot(history.history["val_loss"], label="val_loss")
    right.plot(history.history["accuracy"], label="accuracy")
    right.plot(history.history["val_accuracy"], label="val_accuracy")
    for ax, what in ((left, "loss"), (right, "accuracy")):
        ax.set(xlabel="epoch", ylabel=what)
        ax.legend()
    return fig


def compare_output_activations(x_train, y_train, x_val, y_val):
    scores = {}
    for head in ("relu", "sigmoid", "softmax"):
        model = build_model(head)
        train(model, x_train, y_train, x_val, y_val, epochs=10)
        _, scores[head] = model.evaluate(x_val, y_val, verbose=0)
    return scores


def compare_losses(x_train, y_train, x_val, y_val):
    return {
        loss: train(build_model(loss=loss), x_train, y_train, x_val, y_val, epochs=10).history["val_accuracy"]
        for loss in ("mse", "categorical_crossentropy")
    }
