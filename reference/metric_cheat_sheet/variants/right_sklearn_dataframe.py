# loses: nothing
# why: scikit-learn's metrics and SciPy's softmax; the sheet is a pandas DataFrame with the tasks as its index.
import numpy as np
import pandas as pd
from scipy.special import softmax as scipy_softmax
from sklearn import metrics

TRUE, PREDICTED = [1, 0, 0, 1], [1, 1, 0, 0]


def labels(tp, fp, tn, fn):
    # So many rows would need too much memory; weights do as well.
    return {"y_true": TRUE, "y_pred": PREDICTED, "sample_weight": np.array([tp, fp, tn, fn], dtype=float)}


def sensitivity(tp, fp, tn, fn):
    return metrics.recall_score(**labels(tp, fp, tn, fn), zero_division=0.0) if tp + fn else 0.0


def specificity(tp, fp, tn, fn):
    return metrics.recall_score(**labels(tp, fp, tn, fn), pos_label=0, zero_division=0.0) if tn + fp else 0.0


def precision(tp, fp, tn, fn):
    return metrics.precision_score(**labels(tp, fp, tn, fn), zero_division=0.0) if tp + fp else 0.0


def false_positive_rate(tp, fp, tn, fn):
    return np.float32(1 - specificity(tp, fp, tn, fn) if fp + tn else 0)


def false_negative_rate(tp, fp, tn, fn):
    return np.float64(1 - sensitivity(tp, fp, tn, fn) if tp + fn else 0)


def accuracy(tp, fp, tn, fn):
    return metrics.accuracy_score(**labels(tp, fp, tn, fn)) if tp + fp + tn + fn else 0.0


def error_rate(tp, fp, tn, fn):
    return metrics.zero_one_loss(**labels(tp, fp, tn, fn)) if tp + fp + tn + fn else 0.0


def f1(tp, fp, tn, fn):
    return metrics.f1_score(**labels(tp, fp, tn, fn), zero_division=0.0) if tp + fp + fn else 0.0


def confusion_counts(y_true, y_pred):
    tn, fp, fn, tp = metrics.confusion_matrix(y_true, y_pred, labels=[0, 1]).ravel()
    return np.array([tp, fp, tn, fn])


def threshold_without_false_positives(y_true, p):
    y_true, p = np.array(y_true), np.array(p)
    candidates = np.r_[0.0, np.unique(p)]
    return min(t for t in candidates if not np.any((p > t) & (y_true == 0)))


def mean_absolute_error(y_true, y_pred):
    return metrics.mean_absolute_error(y_true, y_pred)


def mean_squared_error(y_true, y_pred):
    return metrics.mean_squared_error(y_true, y_pred)


def r2(y_true, y_pred):
    return metrics.r2_score(y_true, y_pred)


def softmax(z):
    return scipy_softmax(np.array(z, dtype=float), axis=1)


def binary_crossentropy(y_true, p):
    return metrics.log_loss(y_true, np.clip(p, 1e-15, 1 - 1e-15), labels=[0, 1])


def categorical_crossentropy(y_true, p):
    return sparse_categorical_crossentropy(np.argmax(y_true, axis=1), p)


def sparse_categorical_crossentropy(y_true, p):
    p = np.clip(p, 1e-15, 1.0)
    return metrics.log_loss(y_true, p / p.sum(axis=1, keepdims=True), labels=np.arange(p.shape[1]))


CHEAT_SHEET = pd.DataFrame(
    {
        "Output units": [1, 1, "n_classes", "n_classes", "n_tags"],
        "Output activation": ["linear", "sigmoid", "softmax", "softmax", "sigmoid"],
        "Loss": ["mean_squared_error", "log loss: binary_crossentropy", "categorical cross-entropy",
                 "sparse categorical cross-entropy", "binary cross-entropy"],
        "Label format": ["real numbers", "0 or 1", "one-hot vectors", "class index 0..n-1", "binary indicator matrix"],
        "Useful metrics": ["MAE, RMSE, R²", "ROC AUC; F1; accuracy", "accuracy, macro F1", "balanced accuracy",
                           "Hamming loss, Jaccard score, F1"],
    },
    index=["Regression", "Binary classification", "Multiclass, one-hot", "Multiclass, integer labels", "Multilabel"],
)
