# loses: reliability, expected_calibration_error, reliability_plot
# why: The middles of the bins stand for the mean predictions, in all three functions.
# from: reference


def reliability(y_true, p, bins):
    y_true = np.asarray(y_true)
    numbers = _find_bins(np.asarray(p), bins)
    filled = np.unique(numbers)
    return (filled + 0.5) / bins, np.array([np.mean(y_true[numbers == number]) for number in filled])
