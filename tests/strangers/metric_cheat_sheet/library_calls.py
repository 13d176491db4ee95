import numpy as np
import sklearn.metrics as m
import tensorflow as tf


def labels(tp, fp, tn, fn):
    """Rows that give these counts."""
    return np.repeat([1, 0, 0, 1], [tp, fp, tn, fn]), np.repeat([1, 1, 0, 0], [tp, fp, tn, fn])


def sensitivity(tp, fp, tn, fn):
    return m.recall_score(*labels(tp, fp, tn, fn), zero_division=0.0) if tp + fn else 0.0


def specificity(tp, fp, tn, fn):
    return m.recall_score(*labels(tp, fp, tn, fn), pos_label=0, zero_division=0.0) if tn + fp else 0.0


def precision(tp, fp, tn, fn):
    return m.precision_score(*labels(tp, fp, tn, fn), zero_division=0.0) if tp + fp else 0.0


def false_positive_rate(tp, fp, tn, fn):
    return 1 - specificity(tp, fp, tn, fn) if tn + fp else 0.0


def false_negative_rate(tp, fp, tn, fn):
    return 1 - sensitivity(tp, fp, tn, fn) if tp + fn else 0.0


def accuracy(tp, fp, tn, fn):
    return m.accuracy_score(*labels(tp, fp, tn, fn)) if tp + fp + tn + fn else 0.0


def error_rate(tp, fp, tn, fn):
    return m.zero_one_loss(*labels(tp, fp, tn, fn)) if tp + fp + tn + fn else 0.0


def f1(tp, fp, tn, fn):
    return m.f1_score(*labels(tp, fp, tn, fn), zero_division=0.0) if tp else 0.0


def confusion_counts(y_true, y_pred):
    tn, fp, fn, tp = m.confusion_matrix(y_true, y_pred, labels=[0, 1]).ravel()
    return np.array([tp, fp, tn, fn])


def mean_absolute_error(y_true, y_pred):
    return tf.reduce_mean(tf.abs(tf.subtract(tf.cast(y_true, tf.float64), tf.cast(y_pred, tf.float64))))


def mean_squared_error(y_true, y_pred):
    return m.mean_squared_error(y_true, y_pred)


def r2(y_true, y_pred):
    return m.r2_score(y_true, y_pred) if np.std(y_true) > 0 and len(y_true) > 1 else 0.0


def softmax(z):
    return tf.nn.softmax(tf.convert_to_tensor(z, tf.float64), axis=1)


def binary_crossentropy(y_true, p):
    return tf.keras.losses.BinaryCrossentropy()(np.float32(y_true), np.float32(p)).numpy()


def categorical_crossentropy(y_true, p):
    return m.log_loss(np.argmax(y_true, axis=1), np.clip(p, 1e-7, 1), labels=range(np.shape(p)[1])) if np.shape(p)[1] > 1 else 0.0


def sparse_categorical_crossentropy(y_true, p):
    return tf.keras.losses.SparseCategoricalCrossentropy()(np.asarray(y_true), np.asarray(p))


# Not written yet:
def threshold_without_false_positives(y_true, p): raise NotImplementedError
CHEAT_SHEET = None
