import numpy as np

head = ["task", "outputs", "activation of the output", "loss function", "labels", "metrics"]
some_growers = np.array([0, 2, 1, 2, 0])
CHEAT_SHEET = [
    head,
    ["regression", 1, "linear", "mse", "numbers, shape (n, 1)", "mae"],
    ["binary classification", 1, "sigmoid", "binary_crossentropy", "one number per row: 0 or 1", "accuracy, recall"],
    ["one-hot labels", "number of classes", "softmax", "categorical_crossentropy", "one-hot, shape (n, k)", "accuracy"],
    ["integer labels", "number of classes", "softmax", "sparse_categorical_crossentropy", f"integers, e.g. {some_growers}", "accuracy"],
    ["multi-label", "one per tag", "sigmoid", "binary_crossentropy", "one column per tag, 0 or 1", "f1"],
]


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
