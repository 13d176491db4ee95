# loses: nothing
# why: One temperature for all logits, found by golden section search in plain Python; sums per bin by np.bincount.

import math

import matplotlib.pyplot as plt
import numpy as np


def _sums(y_true, p, bins):
    edges = np.linspace(0.0, 1.0, bins + 1)
    index = np.digitize(p, edges[1:-1], right=True)
    rows = np.bincount(index, minlength=bins)
    p_sums = np.bincount(index, weights=np.asarray(p, dtype=float), minlength=bins)
    y_sums = np.bincount(index, weights=np.asarray(y_true, dtype=float), minlength=bins)
    filled = rows > 0
    return p_sums[filled], y_sums[filled], rows[filled]


def reliability(y_true, p, bins):
    p_sums, y_sums, rows = _sums(y_true, p, bins)
    return (p_sums / rows).tolist(), (y_sums / rows).tolist()


def expected_calibration_error(y_true, p, bins):
    p_sums, y_sums, rows = _sums(y_true, p, bins)
    return float(abs(p_sums - y_sums).sum() / rows.sum())


def _logit(p):
    p = min(max(float(p), 1e-7), 1 - 1e-7)
    return math.log(p) - math.log1p(-p)


def _sigmoid(z):
    return 1 / (1 + math.exp(-z)) if z >= 0 else math.exp(z) / (1 + math.exp(z))


def _loss(temperature, logits, labels):
    total = 0.0
    for z, label in zip(logits, labels):
        q = min(max(_sigmoid(z / temperature), 1e-12), 1 - 1e-12)
        total -= math.log(q) if label else math.log(1 - q)
    return total / len(logits)


def calibrate(p_fit, y_fit, p_new):
    logits, labels = [_logit(p) for p in p_fit], [int(y) for y in y_fit]
    low, high = math.log(0.05), math.log(20)
    ratio = (math.sqrt(5) - 1) / 2
    for _ in range(25):
        left, right = high - ratio * (high - low), low + ratio * (high - low)
        if _loss(math.exp(left), logits, labels) < _loss(math.exp(right), logits, labels):
            high = right
        else:
            low = left
    temperature = math.exp((low + high) / 2)
    return [_sigmoid(_logit(p) / temperature) for p in p_new]


def reliability_plot(y_true, p, bins):
    means, fractions = reliability(y_true, p, bins)
    plt.figure()
    plt.plot([0, 1], [0, 1], "k:")
    plt.scatter(means, fractions)
    plt.xlabel("predicted")
    plt.ylabel("observed")
    return plt.gcf()
