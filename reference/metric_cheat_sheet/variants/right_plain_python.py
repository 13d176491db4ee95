# loses: nothing
# why: Plain Python: loops and lists, the math module, dicts for counts, no NumPy at all.
import math


def rate(part, whole):
    if whole == 0:
        return 0
    return part / whole


def sensitivity(tp, fp, tn, fn):
    return rate(tp, tp + fn)


def specificity(tp, fp, tn, fn):
    return rate(tn, tn + fp)


def precision(tp, fp, tn, fn):
    return rate(tp, tp + fp)


def false_positive_rate(tp, fp, tn, fn):
    return rate(fp, tn + fp)


def false_negative_rate(tp, fp, tn, fn):
    return rate(fn, tp + fn)


def accuracy(tp, fp, tn, fn):
    return rate(tp + tn, tp + fp + tn + fn)


def error_rate(tp, fp, tn, fn):
    return rate(fp + fn, tp + fp + tn + fn)


def f1(tp, fp, tn, fn):
    p, s = precision(tp, fp, tn, fn), sensitivity(tp, fp, tn, fn)
    return 2 * p * s / (p + s) if p + s > 0 else 0.0


def confusion_counts(y_true, y_pred):
    counts = {"tp": 0, "fp": 0, "tn": 0, "fn": 0}
    for true, predicted in zip(y_true, y_pred):
        first = "t" if true == predicted else "f"
        second = "p" if predicted == 1 else "n"
        counts[first + second] += 1
    return counts


def threshold_without_false_positives(y_true, p):
    threshold = 0.0
    for label, probability in zip(y_true, p):
        if label == 0 and probability > threshold:
            threshold = probability
    return threshold


def mean_absolute_error(y_true, y_pred):
    total = 0.0
    for a, b in zip(y_true, y_pred):
        total += abs(a - b)
    return total / len(y_true)


def mean_squared_error(y_true, y_pred):
    return sum((a - b) ** 2 for a, b in zip(y_true, y_pred)) / len(y_true)


def r2(y_true, y_pred):
    mean = sum(y_true) / len(y_true)
    total = sum((a - mean) ** 2 for a in y_true)
    if total == 0:
        return 0.0
    return 1 - sum((a - b) ** 2 for a, b in zip(y_true, y_pred)) / total


def softmax(z):
    rows = []
    for row in z:
        largest = max(row)
        powers = [math.exp(v - largest) for v in row]
        rows.append([power / sum(powers) for power in powers])
    return rows


def log(p):
    return math.log(max(p, 1e-12))


def binary_crossentropy(y_true, p):
    losses = [-log(q) if y == 1 else -log(1 - q) for y, q in zip(y_true, p)]
    return sum(losses) / len(losses)


def categorical_crossentropy(y_true, p):
    losses = []
    for row, probabilities in zip(y_true, p):
        losses.append(-sum(y * log(q) for y, q in zip(row, probabilities)))
    return [sum(losses) / len(losses)]


def sparse_categorical_crossentropy(y_true, p):
    return sum(-log(row[y]) for y, row in zip(y_true, p)) / len(p)


COLUMNS = ["units", "activation", "loss", "labels", "metrics"]
CHEAT_SHEET = [
    ["task", *COLUMNS],
    ["regression", 1, None, "mse", "float", ["mae", "r2"]],
    ["binary", 1, "sigmoid", "binary_crossentropy", "0/1", ["accuracy", "recall", "precision"]],
    ["multi-class (one-hot)", 10, "softmax", "categorical_crossentropy", "one_hot", ["accuracy", "f1"]],
    ["multi-class (integer)", 10, "softmax", "sparse_categorical_crossentropy", "int", ["accuracy", "f1"]],
    ["multi-label", 5, "sigmoid", "binary_crossentropy", "multi_hot", ["f1", "hamming loss"]],
]
