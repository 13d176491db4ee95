# loses: nothing
# why: calibration_curve, isotonic regression and CalibrationDisplay of scikit-learn.

import numpy as np
from sklearn.calibration import CalibrationDisplay, calibration_curve
from sklearn.isotonic import IsotonicRegression


def reliability(y_true, p, bins):
    fractions, means = calibration_curve(np.asarray(y_true), np.asarray(p), n_bins=bins, pos_label=1)
    return means, fractions


def expected_calibration_error(y_true, p, bins):
    means, fractions = reliability(y_true, p, bins)
    numbers = np.digitize(p, np.linspace(0, 1, bins + 1)[1:-1], right=True)
    counts = np.bincount(numbers)
    return np.average(np.abs(means - fractions), weights=counts[counts > 0])


def calibrate(p_fit, y_fit, p_new):
    return IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(p_fit, y_fit).predict(p_new)


def reliability_plot(y_true, p, bins):
    return CalibrationDisplay.from_predictions(y_true, p, n_bins=bins).figure_
