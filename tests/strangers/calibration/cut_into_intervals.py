import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from scipy.optimize import minimize_scalar
from scipy.special import expit, logit


def table(y_true, p, bins):
    df = pd.DataFrame({"y": np.asarray(y_true), "p": np.asarray(p)})
    df["bin"] = pd.cut(df["p"], np.linspace(0, 1, bins + 1), include_lowest=True)
    return df.groupby("bin", observed=True).agg(mean=("p", "mean"), share=("y", "mean"), n=("y", "size"))


def reliability(y_true, p, bins):
    t = table(y_true, p, bins)
    return t["mean"], t["share"]


def expected_calibration_error(y_true, p, bins):
    t = table(y_true, p, bins)
    return (t.n * (t["mean"] - t.share).abs()).sum() / t.n.sum()


def calibrate(p_fit, y_fit, p_new):
    y = pd.Series(y_fit, dtype=float)
    z = logit(np.clip(p_fit, 1e-4, 1 - 1e-4))

    def nll(log_t):
        q = expit(z / np.exp(log_t)).clip(1e-9, 1 - 1e-9)
        return -(y * np.log(q) + (1 - y) * np.log(1 - q)).mean()

    t = np.exp(minimize_scalar(nll, bounds=(-3, 3), method="bounded").x)
    print("temperature", t)
    return pd.Series(expit(logit(np.clip(p_new, 1e-4, 1 - 1e-4)) / t))


def reliability_plot(y_true, p, bins):
    t = table(y_true, p, bins)
    ax = t.plot(x="mean", y="share", style="o-", legend=False)
    ax.plot([0, 1], [0, 1], ls="--", c="0.5")
    ax.set_xlabel("mean prediction")
    ax.set_ylabel("share of label 1")
    return ax.figure
