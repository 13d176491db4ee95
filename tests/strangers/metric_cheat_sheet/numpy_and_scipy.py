import numpy as np
from scipy import special, stats

EPS = np.finfo(np.float32).eps


def _ratio(a, b):
    return float(np.divide(a, b, out=np.zeros(1), where=np.array([b]) != 0)[0])


sensitivity = recall = lambda tp, fp, tn, fn: _ratio(tp, tp + fn)
specificity = lambda tp, fp, tn, fn: recall(tn, fn, tp, fp)
precision = lambda tp, fp, tn, fn: _ratio(tp, tp + fp)
false_positive_rate = lambda tp, fp, tn, fn: _ratio(fp, fp + tn)
false_negative_rate = lambda tp, fp, tn, fn: _ratio(fn, tp + fn)
accuracy = lambda *counts: _ratio(counts[0] + counts[2], sum(counts))
error_rate = lambda *counts: _ratio(counts[1] + counts[3], sum(counts))


def f1(tp, fp, tn, fn):
    if tp == 0:
        return 0.0
    return stats.hmean([precision(tp, fp, tn, fn), recall(tp, fp, tn, fn)])


def confusion_counts(y_true, y_pred):
    tn, fp, fn, tp = np.bincount(2 * np.array(y_true, int) + np.array(y_pred, int), minlength=4)
    return {"tp": tp, "fp": fp, "tn": tn, "fn": fn}


def threshold_without_false_positives(y_true, p):
    return np.max(np.where(np.array(y_true) == 0, p, 0.0))


def mean_absolute_error(y_true, y_pred):
    return np.linalg.norm(np.subtract(y_true, y_pred), ord=1) / len(y_true)


def mean_squared_error(y_true, y_pred):
    d = np.subtract(y_true, y_pred)
    return d @ d / d.size


def r2(y_true, y_pred):
    total = np.var(y_true)
    return 0.0 if np.ptp(y_true) == 0 else 1 - mean_squared_error(y_true, y_pred) / total


def softmax(z):
    return special.softmax(z, axis=-1)


def binary_crossentropy(y_true, p):
    y, p = np.asarray(y_true), np.clip(p, EPS, 1 - EPS)
    return -np.average(special.xlogy(y, p) + special.xlog1py(1 - y, -p))


def categorical_crossentropy(y_true, p):
    return -np.einsum("ij,ij->", y_true, np.log(np.maximum(p, EPS))) / len(p)


def sparse_categorical_crossentropy(y_true, p):
    chosen = np.take_along_axis(np.asarray(p), np.asarray(y_true, int)[:, None], axis=1)
    return np.negative(np.log(np.maximum(chosen, EPS))).mean()


# Not written yet:
CHEAT_SHEET = None
