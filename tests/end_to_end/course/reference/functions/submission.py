import numpy as np


def one_hot(y):
    return np.eye(10)[y]


def scale(x):
    return x / 16


def class_counts(y):
    return np.bincount(y, minlength=10)
