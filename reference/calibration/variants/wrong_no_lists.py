# loses: reliability=0.5
# why: Lists are compared as if they were arrays.
# from: reference


_of_arrays = reliability


def reliability(y_true, p, bins):
    return p[p >= 0].mean() and _of_arrays(y_true, p, bins)


def expected_calibration_error(y_true, p, bins):
    means, fractions = _of_arrays(y_true, p, bins)
    counts = np.unique(_find_bins(np.asarray(p), bins), return_counts=True)[1]
    return np.sum(counts / len(p) * np.abs(means - fractions))
