import numpy as np
import matplotlib.pyplot as plt


def reliability(y_true, p, bins):
    edges = np.linspace(0, 1, bins)
    idx = np.digitize(p, edges) - 1
    mean, frac = np.zeros(bins), np.zeros(bins)
    for b in range(bins):
        if (idx == b).any():
            mean[b] = p[idx == b].mean()
            frac[b] = y_true[idx == b].mean()
    return mean, frac


def expected_calibration_error(y_true, p, bins):
    mean, frac = reliability(y_true, p, bins)
    return np.max(np.abs(mean - frac))


def calibrate(p_fit, y_fit, p_new):
    # shift and scale, so that the mean is that of the labels
    q = (p_new - p_new.mean()) / p_new.std() * p_fit.std() + y_fit.mean()
    return q


def reliability_plot(y_true, p, bins):
    fig, ax = plt.subplots()
    ax.scatter(p, y_true)
    ax.plot([0, 1], [0, 1])
    ax.set_xlabel("p")
    ax.set_ylabel("y")
    return fig
