# loses: expected_calibration_error
# why: Gaps above and below cancel each other out.
# from: reference


def expected_calibration_error(y_true, p, bins):
    means, fractions = reliability(y_true, p, bins)
    counts = np.unique(_find_bins(np.asarray(p), bins), return_counts=True)[1]
    return abs(np.sum(counts / len(p) * (means - fractions)))
