# loses: expected_calibration_error
# why: The largest gap in place of the mean.
# from: reference


def expected_calibration_error(y_true, p, bins):
    means, fractions = reliability(y_true, p, bins)
    return np.max(np.abs(means - fractions))
