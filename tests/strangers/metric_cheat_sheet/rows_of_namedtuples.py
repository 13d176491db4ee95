from collections import namedtuple

Row = namedtuple("Row", "output_units output_activation loss label_format useful_metrics")

_rows = {
    "regression": Row(1, None, ["mean_squared_error", "mean_absolute_error"], "real numbers", ["mae", "rmse"]),
    "binary classification": Row(1, "sigmoid", "binary_crossentropy", "0/1", ["accuracy", "auc"]),
    "multi-class with one-hot labels": Row("number of classes", "softmax", "categorical_crossentropy", "one-hot", ["accuracy"]),
    "multi-class with integer labels": Row("number of classes", "softmax", "sparse_categorical_crossentropy", "integers", ["accuracy"]),
    "multi-label tagging": Row("number of tags", "sigmoid", "binary_crossentropy", "multi-hot", ["f1", "hamming loss"]),
}
CHEAT_SHEET = {name: row._asdict() for name, row in _rows.items()}


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
def r2(y_true, y_pred): raise NotImplementedError
def softmax(z): raise NotImplementedError
def binary_crossentropy(y_true, p): raise NotImplementedError
def categorical_crossentropy(y_true, p): raise NotImplementedError
def sparse_categorical_crossentropy(y_true, p): raise NotImplementedError
