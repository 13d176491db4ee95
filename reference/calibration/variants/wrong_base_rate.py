# loses: calibrate
# why: The share of positives for every row: right on average, and it says nothing about any row.
# from: reference


def calibrate(p_fit, y_fit, p_new):
    return np.full(len(p_new), np.mean(y_fit))
