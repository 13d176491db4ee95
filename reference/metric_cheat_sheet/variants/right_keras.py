# loses: nothing
# why: Losses and softmax are Keras's own, everything else keras.ops in float32; the sheet is a list of dicts with names of Keras classes.
import keras
from keras import ops


def _ratio(a, b):
    return ops.divide_no_nan(ops.cast(a, "float32"), ops.cast(b, "float32"))


def sensitivity(tp, fp, tn, fn):
    return _ratio(tp, tp + fn)


def specificity(tp, fp, tn, fn):
    return _ratio(tn, fp + tn)


def precision(tp, fp, tn, fn):
    return _ratio(tp, tp + fp)


def false_positive_rate(tp, fp, tn, fn):
    return _ratio(fp, fp + tn)


def false_negative_rate(tp, fp, tn, fn):
    return _ratio(fn, tp + fn)


def accuracy(tp, fp, tn, fn):
    return _ratio(tp + tn, tp + fp + tn + fn)


def error_rate(tp, fp, tn, fn):
    return _ratio(fp + fn, tp + fp + tn + fn)


def f1(tp, fp, tn, fn):
    return _ratio(2 * tp, 2 * tp + fp + fn)


def confusion_counts(y_true, y_pred):
    counts = []
    for metric in (keras.metrics.TruePositives(), keras.metrics.FalsePositives(),
                   keras.metrics.TrueNegatives(), keras.metrics.FalseNegatives()):
        metric.update_state(y_true, y_pred)
        counts.append(metric.result())
    return counts


def threshold_without_false_positives(y_true, p):
    p = ops.convert_to_tensor(p, "float32")
    negative = ops.cast(ops.equal(ops.convert_to_tensor(y_true, "float32"), 0.0), "float32")
    return ops.max(p * negative)


def _floats(x):
    return ops.convert_to_tensor(x, dtype="float32")


def mean_absolute_error(y_true, y_pred):
    return keras.losses.mean_absolute_error(_floats(y_true), _floats(y_pred))


def mean_squared_error(y_true, y_pred):
    return keras.losses.MeanSquaredError()(_floats(y_true), _floats(y_pred))


def r2(y_true, y_pred):
    metric = keras.metrics.R2Score()
    metric.update_state(_floats(y_true)[:, None], _floats(y_pred)[:, None])
    return metric.result()


def softmax(z):
    return keras.activations.softmax(_floats(z))


def binary_crossentropy(y_true, p):
    return keras.losses.binary_crossentropy(_floats(y_true), _floats(p))


def categorical_crossentropy(y_true, p):
    return float(keras.losses.CategoricalCrossentropy()(_floats(y_true), _floats(p)))


def sparse_categorical_crossentropy(y_true, p):
    return ops.mean(keras.losses.sparse_categorical_crossentropy(ops.convert_to_tensor(y_true), _floats(p)))


CHEAT_SHEET = [
    {"problem": "regression", "output units": 1, "activation": "linear", "loss": "MeanSquaredError()",
     "labels": "float32", "metrics": ["MeanAbsoluteError", "RootMeanSquaredError", "R2Score"]},
    {"problem": "binary classification", "output units": 1, "activation": "sigmoid",
     "loss": keras.losses.BinaryCrossentropy(), "labels": "0/1", "metrics": ["BinaryAccuracy", "AUC"]},
    {"problem": "multi-class, one-hot labels", "output units": 10, "activation": "softmax",
     "loss": keras.losses.CategoricalCrossentropy(), "labels": "to_categorical", "metrics": ["CategoricalAccuracy"]},
    {"problem": "multi-class, integer labels", "output units": 10, "activation": "softmax",
     "loss": "SparseCategoricalCrossentropy", "labels": "integers 0 to 9",
     "metrics": ["SparseCategoricalAccuracy", "SparseTopKCategoricalAccuracy"]},
    {"problem": "multi-label tagging", "output units": "one per tag", "activation": "sigmoid",
     "loss": "BinaryCrossentropy", "labels": "multi-hot", "metrics": ["Precision", "Recall", "F1Score"]},
]
