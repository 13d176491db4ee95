# loses: expected_calibration_error
# why: The plain mean of the gaps: a bin with one row counts like one with a hundred.
# from: reference


def expected_calibration_error(y_true, p, bins):
    means, fractions = reliability(y_true, p, bins)
    return np.mean(np.abs(means - fractions))
