# loses: reliability=0.5, expected_calibration_error=0.5
# why: Empty bins stay, and their means are nan.
# from: reference


import warnings


def reliability(y_true, p, bins):
    y_true, p = np.asarray(y_true), np.asarray(p)
    numbers = _find_bins(p, bins)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        means = np.array([np.mean(p[numbers == number]) for number in range(bins)])
        fractions = np.array([np.mean(y_true[numbers == number]) for number in range(bins)])
    return means, fractions


def expected_calibration_error(y_true, p, bins):
    means, fractions = reliability(y_true, p, bins)
    counts = np.bincount(_find_bins(np.asarray(p), bins), minlength=bins)
    return np.sum(counts / len(p) * np.abs(means - fractions))
