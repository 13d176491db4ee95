# loses: calibrate
# why: The probabilities come back as they were.
# from: reference


def calibrate(p_fit, y_fit, p_new):
    return p_new
