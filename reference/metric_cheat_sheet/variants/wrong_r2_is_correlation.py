# loses: r2
# why: The squared correlation does not see a constant error.
# from: reference


def r2(y_true, y_pred):
    return np.corrcoef(y_true, y_pred)[0, 1] ** 2
