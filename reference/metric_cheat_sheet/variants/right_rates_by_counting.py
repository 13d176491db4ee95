# loses: nothing
# why: Rates are counted on made-up labels; results come back as arrays of one number, and thresholds lie between two rows.
# from: reference


def _mean(weights, hits):
    weights = np.array(weights, dtype=float)
    return np.array([np.average(hits, weights=weights) if weights.sum() > 0 else 0.0])


# Cases in the order tp, fp, tn, fn.
def sensitivity(*counts):
    return _mean(counts * np.array([1, 0, 0, 1]), [1, 0, 0, 0])


def specificity(*counts):
    return _mean(counts * np.array([0, 1, 1, 0]), [0, 0, 1, 0])


def precision(*counts):
    return _mean(counts * np.array([1, 1, 0, 0]), [1, 0, 0, 0])


def accuracy(*counts):
    return _mean(counts, [1, 0, 1, 0])


def error_rate(*counts):
    return _mean(counts, [0, 1, 0, 1])


def threshold_without_false_positives(y_true, p):
    y_true, p = np.asarray(y_true), np.asarray(p, dtype=float)
    lower = np.max(p[y_true == 0], initial=0.0)
    above = p[p > lower]
    return (lower + above.min()) / 2 if above.size else lower


def r2(y_true, y_pred):
    y_true, y_pred = np.asarray(y_true, dtype="float64").reshape(-1, 1), np.asarray(y_pred).reshape(-1, 1)
    total = np.sum((y_true - y_true.mean()) ** 2)
    return np.array([[1.0]]) - np.sum((y_true - y_pred) ** 2) / total if total > 0 else np.zeros((1, 1))
