# loses: reliability
# why: As scikit-learn returns it: the fractions first.
# from: reference


from sklearn.calibration import calibration_curve

_right = reliability


def reliability(y_true, p, bins):
    return calibration_curve(y_true, p, n_bins=bins, pos_label=1)


def expected_calibration_error(y_true, p, bins):
    means, fractions = _right(y_true, p, bins)
    counts = np.unique(_find_bins(np.asarray(p), bins), return_counts=True)[1]
    return np.sum(counts / len(p) * np.abs(means - fractions))


def reliability_plot(y_true, p, bins):
    means, fractions = _right(y_true, p, bins)
    figure, axes = plt.subplots()
    axes.plot([0, 1], [0, 1])
    axes.plot(means, fractions, "o")
    axes.set_xlabel("mean prediction")
    axes.set_ylabel("fraction of positives")
    return figure
