# loses: reliability=0.5, expected_calibration_error=0.5
# why: np.floor(p * bins): 1 gets a bin of its own, and borders go to the upper one.
# from: reference


def _find_bins(p, bins):
    return np.floor(np.asarray(p) * bins).astype(int)
