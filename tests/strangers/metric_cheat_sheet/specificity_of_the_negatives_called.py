def sensitivity(tp, fp, tn, fn):
    return tp / (tp + fn) if tp + fn else 0.0


def specificity(tp, fp, tn, fn):
    return tn / (tn + fn) if tn + fn else 0.0


def precision(tp, fp, tn, fn):
    return tp / (tp + fp) if tp + fp else 0.0


def false_positive_rate(tp, fp, tn, fn):
    return fp / (fp + tn) if fp + tn else 0.0


def false_negative_rate(tp, fp, tn, fn):
    return fn / (tp + fn) if tp + fn else 0.0


def accuracy(tp, fp, tn, fn):
    n = tp + fp + tn + fn
    return (tp + tn) // n if n else 0.0


def error_rate(tp, fp, tn, fn):
    n = tp + fp + tn + fn
    return (fp + fn) / n if n else 0.0


def f1(tp, fp, tn, fn):
    return 2 * tp / (2 * tp + fp + fn) if tp else 0.0


# Not written yet:
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
