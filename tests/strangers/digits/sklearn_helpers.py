from collections import Counter

import numpy as np
from sklearn.datasets import load_digits
from sklearn.metrics import confusion_matrix
from sklearn.model_selection import StratifiedShuffleSplit
from sklearn.preprocessing import LabelBinarizer, MinMaxScaler


def load():
    digits = load_digits(n_class=10)
    x = np.array([image.flatten() for image in digits.images])
    return x, digits.target


def class_counts(y):
    counts = Counter(int(label) for label in y)
    return {digit: counts[digit] for digit in range(10)}


def scale(x):
    # The borders are known, so they are not looked up in the batch.
    borders = np.array([[0.0] * 64, [16.0] * 64])
    return MinMaxScaler().fit(borders).transform(x)


def one_hot(y):
    encoder = LabelBinarizer()
    encoder.fit(np.arange(10))
    return encoder.transform(y)


def split(x, y, seed):
    folds = StratifiedShuffleSplit(n_splits=1, test_size=0.25, random_state=seed)
    train, test = next(folds.split(x, y))
    return [x[train], x[test], y[train], y[test]]


def confusion(y_true, y_pred):
    return confusion_matrix(y_true, y_pred, labels=list(range(10)))


# Not written yet:
def plot_samples(x, y): raise NotImplementedError
def plot_features(x, y): raise NotImplementedError
def build_model(): raise NotImplementedError
def train(model, x_train, y_train, x_val, y_val): raise NotImplementedError
def plot_history(history): raise NotImplementedError
def diagnose(history): raise NotImplementedError
def predict_probabilities(model, x): raise NotImplementedError
def compare_output_activations(x_train, y_train, x_val, y_val): raise NotImplementedError
def compare_losses(x_train, y_train, x_val, y_val): raise NotImplementedError
