"""Beta calibration: a logistic regression on log p and log(1 - p)."""
from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer


class Bins(NamedTuple):
    mean_predicted: np.ndarray
    fraction_of_positives: np.ndarray


def _assign(p, bins):
    return np.searchsorted(np.arange(1, bins) / bins, p, side="left")


def reliability(y_true, p, bins):
    y_true, p = map(np.asarray, (y_true, p))
    assigned = _assign(p, bins)
    present = np.unique(assigned)
    stack = np.array([[p[assigned == b].mean(), y_true[assigned == b].mean()] for b in present])
    return Bins(*stack.T)


def expected_calibration_error(y_true, p, bins):
    result = reliability(y_true, p, bins)
    _, n = np.unique(_assign(p, bins), return_counts=True)
    return n @ np.abs(result.mean_predicted - result.fraction_of_positives) / n.sum()


def _logs(p):
    p = np.clip(np.ravel(p), 1e-5, 1 - 1e-5)
    return np.column_stack([np.log(p), -np.log(1 - p)])


def calibrate(p_fit, y_fit, p_new):
    beta = make_pipeline(FunctionTransformer(_logs), LogisticRegression(C=100.0, max_iter=1000))
    beta.fit(np.asarray(p_fit).reshape(-1, 1), np.ravel(y_fit))
    return beta.predict_proba(np.asarray(p_new).reshape(-1, 1)).T[1]


def reliability_plot(y_true, p, bins):
    fig, ax = plt.subplots(figsize=(5, 5))
    mean, fraction = reliability(y_true, p, bins)
    width = 1 / bins
    centres = (_assign(mean, bins) + 0.5) * width
    ax.bar(centres, fraction, width=width, alpha=0.2, edgecolor="k")
    ax.plot([0, 1], [0, 1], "r", transform=ax.transAxes)
    ax.set_xlim(0, 1)
    ax.set_ylim(0, 1)
    ax.scatter(mean, fraction, c="k")
    fig.supxlabel("mean predicted probability")
    fig.supylabel("fraction of positives")
    return fig
