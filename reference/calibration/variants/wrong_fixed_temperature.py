# loses: calibrate
# why: A temperature that was once right for somebody's network: too unsure predictions get worse.
# from: reference


def calibrate(p_fit, y_fit, p_new):
    return 1 / (1 + np.exp(-_logit(p_new) / 2.5))
