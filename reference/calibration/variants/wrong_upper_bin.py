# loses: reliability=0.5, expected_calibration_error=0.5
# why: A probability on a border goes to the upper bin.
# from: reference


def _find_bins(p, bins):
    return np.digitize(p, np.linspace(0, 1, bins + 1)[1:-1])
