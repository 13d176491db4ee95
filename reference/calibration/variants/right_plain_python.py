# loses: nothing
# why: Loops and lists; temperature scaling by trying many temperatures; points as scatter.

import math

import matplotlib.pyplot as plt


def _in_bins(y_true, p, bins):
    content = [[] for _ in range(bins)]
    for label, probability in zip(y_true, p):
        number = 0
        while number < bins - 1 and probability > (number + 1) / bins:
            number += 1
        content[number].append((float(label), float(probability)))
    return [rows for rows in content if rows]


def reliability(y_true, p, bins):
    means, fractions = [], []
    for rows in _in_bins(y_true, p, bins):
        means.append(sum(probability for _label, probability in rows) / len(rows))
        fractions.append(sum(label for label, _probability in rows) / len(rows))
    return means, fractions


def expected_calibration_error(y_true, p, bins):
    error = 0.0
    for rows in _in_bins(y_true, p, bins):
        error += abs(sum(probability - label for label, probability in rows)) / len(p)
    return error


def _logit(probability):
    probability = min(max(probability, 1e-7), 1 - 1e-7)
    return math.log(probability / (1 - probability))


def _sigmoid(z):
    return 1 / (1 + math.exp(-z))


def calibrate(p_fit, y_fit, p_new):
    logits = [_logit(probability) for probability in p_fit]
    best, least = 1.0, math.inf
    for step in range(-30, 31):
        temperature = 1.1**step
        loss = 0.0
        for z, label in zip(logits, y_fit):
            probability = min(max(_sigmoid(z / temperature), 1e-12), 1 - 1e-12)
            loss -= math.log(probability if label == 1 else 1 - probability)
        if loss < least:
            best, least = temperature, loss
    return [_sigmoid(_logit(probability) / best) for probability in p_new]


def reliability_plot(y_true, p, bins):
    means, fractions = reliability(y_true, p, bins)
    plt.figure()
    plt.scatter(means, fractions)
    plt.axline((0, 0), slope=1)
    plt.xlabel("predicted")
    plt.ylabel("observed")
    return plt.gcf()
