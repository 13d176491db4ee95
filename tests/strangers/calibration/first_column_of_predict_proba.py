import numpy as np
import matplotlib.pyplot as plt
from sklearn.calibration import calibration_curve
from sklearn.linear_model import LogisticRegression


def reliability(y_true, p, bins):
    return calibration_curve(y_true, p, n_bins=bins)


def expected_calibration_error(y_true, p, bins):
    frac, mean = calibration_curve(y_true, p, n_bins=bins)
    return np.mean(np.abs(frac - mean))


def calibrate(p_fit, y_fit, p_new):
    lr = LogisticRegression()
    lr.fit(np.array(p_fit).reshape(-1, 1), y_fit)
    return lr.predict_proba(np.array(p_new).reshape(-1, 1))[:, 0]


def reliability_plot(y_true, p, bins):
    frac, mean = calibration_curve(y_true, p, n_bins=bins)
    fig = plt.figure()
    plt.plot(frac, mean, "s-")
    plt.xlabel("Mean predicted probability")
    plt.ylabel("Fraction of positives")
    return fig
