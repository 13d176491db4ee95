import numpy as np


def confusion_counts(y_true, y_pred):
    y_true, y_pred = np.array(y_true, dtype=bool), np.array(y_pred, dtype=bool)
    tp = np.logical_and(y_true, y_pred).sum()
    fp = np.logical_and(~y_true, y_pred).sum()
    tn = np.logical_and(~y_true, ~y_pred).sum()
    fn = np.logical_and(y_true, ~y_pred).sum()
    return [tp, fp, tn, fn]


def threshold_without_false_positives(y_true, p):
    for threshold in sorted({0.0, *map(float, p)}):
        said = np.asarray(p) > threshold
        if confusion_counts(y_true, said)[1] == 0:
            return threshold


def softmax(z):
    z = np.asarray(z, float)
    log_sum = np.logaddexp.reduce(z, axis=1)
    return np.exp(z - log_sum[:, None])


def binary_crossentropy(y_true, p):
    p = np.asarray(p, float)
    return categorical_crossentropy(np.transpose([1 - np.asarray(y_true), y_true]), np.transpose([1 - p, p]))


def categorical_crossentropy(y_true, p):
    rows = np.array(y_true).astype(bool)
    return -np.log(np.array(p, dtype="float64")[rows] + 1e-9).mean()


def sparse_categorical_crossentropy(y_true, p):
    return categorical_crossentropy(np.eye(np.shape(p)[1])[np.array(y_true, dtype=int)], p)


# Not written yet:
def sensitivity(tp, fp, tn, fn): raise NotImplementedError
def specificity(tp, fp, tn, fn): raise NotImplementedError
def precision(tp, fp, tn, fn): raise NotImplementedError
def false_positive_rate(tp, fp, tn, fn): raise NotImplementedError
def false_negative_rate(tp, fp, tn, fn): raise NotImplementedError
def accuracy(tp, fp, tn, fn): raise NotImplementedError
def error_rate(tp, fp, tn, fn): raise NotImplementedError
def f1(tp, fp, tn, fn): raise NotImplementedError
def mean_absolute_error(y_true, y_pred): raise NotImplementedError
def mean_squared_error(y_true, y_pred): raise NotImplementedError
def r2(y_true, y_pred): raise NotImplementedError
CHEAT_SHEET = None
