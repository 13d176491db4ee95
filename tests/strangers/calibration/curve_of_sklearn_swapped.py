import matplotlib.pyplot as plt
import numpy as np
from sklearn.calibration import CalibrationDisplay, calibration_curve
from sklearn.linear_model import LogisticRegression


def reliability(y_true, p, bins):
    prob_true, prob_pred = calibration_curve(y_true, p, n_bins=bins, strategy="uniform")
    return prob_pred, prob_true


def expected_calibration_error(y_true, p, bins):
    y_true, p = np.asarray(y_true), np.asarray(p)
    edges = np.linspace(0.0, 1.0, bins + 1)
    ece = 0.0
    for lower, upper in zip(edges[:-1], edges[1:]):
        in_bin = (p > lower) & (p <= upper)
        if lower == 0:
            in_bin |= p == 0
        if in_bin.any():
            ece += in_bin.mean() * abs(p[in_bin].mean() - y_true[in_bin].mean())
    return ece


def calibrate(p_fit, y_fit, p_new):
    def logit(p):
        p = np.clip(np.asarray(p, dtype=float), 1e-6, 1 - 1e-6)
        return np.log(p / (1 - p)).reshape(-1, 1)

    platt = LogisticRegression(C=1e6).fit(logit(p_fit), y_fit)
    return platt.predict_proba(logit(p_new))[:, 1]


def reliability_plot(y_true, p, bins):
    mean, share = reliability(y_true, p, bins)
    display = CalibrationDisplay(share, mean, p, estimator_name="network").plot()
    return display.figure_
