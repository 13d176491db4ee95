# loses: calibrate
# why: The rows to learn from are corrected, not the new ones.
# from: reference


from sklearn.isotonic import IsotonicRegression


def calibrate(p_fit, y_fit, p_new):
    return IsotonicRegression(out_of_bounds="clip").fit_transform(p_fit[1:], y_fit[1:])
