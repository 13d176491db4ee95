"""Typical slips: +1e-9 in denominators, log(p+eps), softmax without shift, MAE via keras"""
import numpy as np
EPS = 1e-9
def sensitivity(tp, fp, tn, fn): return tp / (tp + fn + EPS)
def specificity(tp, fp, tn, fn): return tn / (tn + fp + EPS)
def precision(tp, fp, tn, fn): return tp / (tp + fp + EPS)
def false_positive_rate(tp, fp, tn, fn): return 1 - specificity(tp, fp, tn, fn)
def false_negative_rate(tp, fp, tn, fn): return 1 - sensitivity(tp, fp, tn, fn)
def accuracy(tp, fp, tn, fn): return np.divide(tp + tn, tp + tn + fp + fn, out=np.zeros(()), where=(tp + tn + fp + fn) > 0)
def error_rate(tp, fp, tn, fn): return (fp + fn) / max(1, tp + tn + fp + fn)
def f1(tp, fp, tn, fn):
    p, r = precision(tp, fp, tn, fn), sensitivity(tp, fp, tn, fn)
    return 2 * p * r / (p + r + EPS)
def softmax(z):
    return np.exp(z) / np.sum(np.exp(z), axis=-1, keepdims=True)
def binary_crossentropy(y_true, p):
    y_true, p = np.asarray(y_true), np.asarray(p)
    return -np.mean(y_true * np.log(p + EPS) + (1 - y_true) * np.log(1 - p + EPS))
def categorical_crossentropy(y_true, p):
    return -np.sum(np.asarray(y_true) * np.log(np.asarray(p) + EPS)) / len(p)
def sparse_categorical_crossentropy(y_true, p):
    return categorical_crossentropy(np.eye(np.shape(p)[1])[y_true], p)


def confusion_counts(y_true, y_pred):
    raise NotImplementedError


def threshold_without_false_positives(y_true, p):
    raise NotImplementedError


def mean_absolute_error(y_true, y_pred):
    raise NotImplementedError


def mean_squared_error(y_true, y_pred):
    raise NotImplementedError


def r2(y_true, y_pred):
    raise NotImplementedError


CHEAT_SHEET = None
