CHEAT_SHEET = {
    "regression": {"units": "1", "activation": "linear", "loss": "mse", "labels": "numbers", "metrics": "mae"},
    "binary": {"units": "1", "activation": "sigmoid", "loss": "binary_crossentropy", "labels": "0/1", "metrics": "accuracy"},
    "multi-class one-hot": {"units": "classes", "activation": "softmax", "loss": "sparse_categorical_crossentropy", "labels": "one-hot", "metrics": "accuracy"},
    "multi-class integers": {"units": "classes", "activation": "softmax", "loss": "sparse_categorical_crossentropy", "labels": "integers", "metrics": "accuracy"},
    "multi-label": {"units": "tags", "activation": "softmax", "loss": "binary_crossentropy", "labels": "multi-hot", "metrics": "f1"},
}


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
