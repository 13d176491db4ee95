import numpy as np
import matplotlib.pyplot as plt
from scipy.stats import binned_statistic
from sklearn.linear_model import LogisticRegression


def reliability(y_true, p, bins):
    mittel, _, _ = binned_statistic(p, p, statistic="mean", bins=bins, range=(0, 1))
    anteil, _, _ = binned_statistic(p, y_true, statistic="mean", bins=bins, range=(0, 1))
    return mittel, anteil


def expected_calibration_error(y_true, p, bins):
    mittel, anteil = reliability(y_true, p, bins)
    anzahl, _ = np.histogram(p, bins=bins, range=(0, 1))
    return np.sum(anzahl / len(p) * (mittel - anteil))


def calibrate(p_fit, y_fit, p_new):
    logit_fit = np.log(p_fit / (1 - p_fit))
    logit_neu = np.log(p_new / (1 - p_new))
    modell = LogisticRegression().fit(logit_fit.reshape(-1, 1), y_fit)
    return modell.predict(logit_neu.reshape(-1, 1))


def reliability_plot(y_true, p, bins):
    mittel, anteil = reliability(y_true, p, bins)
    plt.plot(mittel, anteil, "o")
    plt.plot([0, 1], [0, 1])
    plt.title("Zuverlässigkeit")
    plt.show()
