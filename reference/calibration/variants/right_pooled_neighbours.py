# loses: nothing
# why: Isotonic regression by hand (neighbours that fall are pooled), in a class; the bins as a loop over borders.

import matplotlib.pyplot as plt
import numpy as np


class Staircase:
    """Never falls: neighbours whose mean would fall are pooled."""

    def fit(self, p, y):
        order = np.argsort(p, kind="stable")
        blocks = []  # sum of labels, rows, smallest p, largest p
        for value, label in zip(np.asarray(p, float)[order], np.asarray(y, float)[order]):
            blocks.append([label, 1, value, value])
            while len(blocks) > 1 and blocks[-2][0] * blocks[-1][1] >= blocks[-1][0] * blocks[-2][1]:
                last = blocks.pop()
                blocks[-1][0] += last[0]
                blocks[-1][1] += last[1]
                blocks[-1][3] = last[3]
        self.x = np.array([edge for block in blocks for edge in block[2:]])
        self.y = np.array([block[0] / block[1] for block in blocks for _ in range(2)])
        return self

    def __call__(self, p):
        return np.interp(p, self.x, self.y)


def _in_bins(p, bins):
    p = np.asarray(p)
    borders = np.linspace(0, 1, bins + 1)
    for number in range(bins):
        is_above = p > borders[number] if number else p >= 0
        inside = is_above & ((p <= borders[number + 1]) if number < bins - 1 else True)
        if inside.any():
            yield inside


def reliability(y_true, p, bins):
    y_true, p = np.array(y_true), np.array(p)
    pairs = [(p[inside].mean(), y_true[inside].mean()) for inside in _in_bins(p, bins)]
    means, fractions = zip(*pairs)
    return means, fractions


def expected_calibration_error(y_true, p, bins):
    y_true, p = np.array(y_true), np.array(p)
    return sum(inside.mean() * abs(p[inside].mean() - y_true[inside].mean()) for inside in _in_bins(p, bins))


def calibrate(p_fit, y_fit, p_new):
    return Staircase().fit(p_fit, y_fit)(p_new)


def reliability_plot(y_true, p, bins):
    fig = plt.figure(figsize=(5, 5))
    ax = fig.add_subplot()
    ax.plot(*reliability(y_true, p, bins), "s-", color="tab:red")
    ax.axline((0, 0), (1, 1), color="0.7")
    ax.set(xlabel="mean predicted probability", ylabel="fraction of positives")
    return fig
