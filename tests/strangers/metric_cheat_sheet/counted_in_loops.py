import math
from statistics import fmean


def sensitivity(tp, fp, tn, fn):
    try:
        return tp / (tp + fn)
    except ZeroDivisionError:
        return 0.0


def specificity(tp, fp, tn, fn):
    try:
        return tn / (tn + fp)
    except ZeroDivisionError:
        return 0.0


def precision(tp, fp, tn, fn):
    if tp == 0:
        return 0
    return tp / (tp + fp)


def false_positive_rate(tp, fp, tn, fn):
    return 1 - specificity(tp, fp, tn, fn) if fp + tn > 0 else 0


def false_negative_rate(tp, fp, tn, fn):
    positives = tp + fn
    return 0 if positives == 0 else 1.0 - sensitivity(tp, fp, tn, fn)


def accuracy(tp, fp, tn, fn):
    return (tp + tn) / max(1, tp + tn + fp + fn)


def error_rate(tp, fp, tn, fn):
    n = tp + tn + fp + fn
    return n and (fp + fn) / n


def f1(tp, fp, tn, fn):
    p, r = precision(tp, fp, tn, fn), sensitivity(tp, fp, tn, fn)
    return 2 * p * r / (p + r) if p + r else 0.0


def confusion_counts(y_true, y_pred):
    tp = fp = tn = fn = 0
    for truth, said in zip(y_true, y_pred):
        if said == 1:
            if truth == said:
                tp += 1
            else:
                fp += 1
        elif truth == said:
            tn += 1
        else:
            fn += 1
    return tp, fp, tn, fn


def threshold_without_false_positives(y_true, p):
    return max([prob for label, prob in zip(y_true, p) if label == 0], default=0.0)


def mean_absolute_error(y_true, y_pred):
    return fmean(abs(a - b) for a, b in zip(y_true, y_pred))


def mean_squared_error(y_true, y_pred):
    return fmean(math.pow(a - b, 2) for a, b in zip(y_true, y_pred))


def r2(y_true, y_pred):
    mean = fmean(y_true)
    around = math.fsum((a - mean) ** 2 for a in y_true)
    if math.isclose(around, 0, abs_tol=1e-15):
        return 0.0
    return 1 - math.fsum((a - b) ** 2 for a, b in zip(y_true, y_pred)) / around


def softmax(z):
    rows = []
    for row in z:
        top = max(row)
        e = [math.exp(v - top) for v in row]
        rows.append([v / sum(e) for v in e])
    return rows


def safe_log(p):
    return math.log(min(max(p, 1e-15), 1.0))


def binary_crossentropy(y_true, p):
    return fmean(-safe_log(q) if label == 1 else -safe_log(1 - q) for label, q in zip(y_true, p))


def categorical_crossentropy(y_true, p):
    return -fmean(sum(t * safe_log(q) for t, q in zip(truth, row)) for truth, row in zip(y_true, p))


def sparse_categorical_crossentropy(y_true, p):
    return -fmean(safe_log(row[int(label)]) for label, row in zip(y_true, p))


# Not written yet:
CHEAT_SHEET = None
