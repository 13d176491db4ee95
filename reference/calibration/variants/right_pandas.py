# loses: nothing
# why: pd.cut and groupby; Platt scaling on the probabilities themselves.

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression


def _table(y_true, p, bins):
    frame = pd.DataFrame({"y": np.asarray(y_true), "p": np.asarray(p)})
    frame["bin"] = pd.cut(frame["p"], np.linspace(0, 1, bins + 1), include_lowest=True)
    return frame.groupby("bin", observed=True).agg(mean=("p", "mean"), fraction=("y", "mean"), rows=("y", "size"))


def reliability(y_true, p, bins):
    table = _table(y_true, p, bins)
    return table["mean"], table["fraction"]


def expected_calibration_error(y_true, p, bins):
    table = _table(y_true, p, bins)
    return ((table["mean"] - table["fraction"]).abs() * table["rows"]).sum() / table["rows"].sum()


def calibrate(p_fit, y_fit, p_new):
    platt = LogisticRegression()
    platt.fit(np.reshape(p_fit, (-1, 1)), y_fit)
    return platt.predict_proba(np.reshape(p_new, (-1, 1)))[:, 1]


def reliability_plot(y_true, p, bins):
    table = _table(y_true, p, bins)
    ax = table.plot(x="mean", y="fraction", marker="s", legend=False)
    ax.plot(np.linspace(0, 1, 50), np.linspace(0, 1, 50), "k:")
    ax.set(xlabel="Mean predicted probability", ylabel="Fraction of positives")
    return ax
