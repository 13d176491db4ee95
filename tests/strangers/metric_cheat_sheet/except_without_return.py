def sensitivity(tp, fp, tn, fn):
    try:
        return tp / (tp + fn)
    except ZeroDivisionError:
        0.0


def specificity(tp, fp, tn, fn):
    return tn / (tn + fp) if tn + fp else 0.0


def precision(tp, fp, tn, fn):
    return tp / (tp + fp) if tp + fp else 0.0


def false_positive_rate(tp, fp, tn, fn):
    return fp / (tn + fp) if tn + fp else 0.0


def false_negative_rate(tp, fp, tn, fn):
    return fn / (tp + fn) if tp + fn else 0.0


# Not written yet:
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
CHEAT_SHEET = None
