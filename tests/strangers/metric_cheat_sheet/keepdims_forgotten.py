import numpy as np


def softmax(z):
    z = np.asarray(z, dtype=float)
    e = np.exp(z - np.max(z, axis=1))
    return e / e.sum(axis=1)


def r2(y_true, y_pred):
    y_true, y_pred = np.asarray(y_true), np.asarray(y_pred)
    if np.all(y_true == y_true[0]):
        return 0.0
    return 1 - np.sum((y_true - y_pred) ** 2) / np.sum((y_true - np.mean(y_true)) ** 2)


# Not written yet:
def sensitivity(tp, fp, tn, fn): raise NotImplementedError
def specificity(tp, fp, tn, fn): raise NotImplementedError
def precision(tp, fp, tn, fn): raise NotImplementedError
def false_positive_rate(tp, fp, tn, fn): raise NotImplementedError
def false_negative_rate(tp, fp, tn, fn): raise NotImplementedError
def accuracy(tp, fp, tn, fn): raise NotImplementedError
def error_rate(tp, fp, tn, fn): raise NotImplementedError
def f1(tp, fp, tn, fn): raise NotImplementedError
def confusion_counts(y_true, y_pred): raise NotImplementedError
def threshold_without_false_positives(y_true, p): raise NotImplementedError
def mean_absolute_error(y_true, y_pred): raise NotImplementedError
def mean_squared_error(y_true, y_pred): raise NotImplementedError
def binary_crossentropy(y_true, p): raise NotImplementedError
def categorical_crossentropy(y_true, p): raise NotImplementedError
def sparse_categorical_crossentropy(y_true, p): raise NotImplementedError
CHEAT_SHEET = None
