# loses: calibrate
# why: Ranks among the new rows: what a probability becomes depends on which others are there.
# from: reference


def calibrate(p_fit, y_fit, p_new):
    order = np.argsort(np.argsort(p_new))
    return (order + 0.5) / len(p_new)
