# loses: errors=0.5
# why: Errors of different sign cancel.
# from: reference


def mean_absolute_error(y_true, y_pred):
    return np.mean(np.asarray(y_true) - np.asarray(y_pred))
