# loses: errors=0.5
# why: The root is taken.
# from: reference


def mean_squared_error(y_true, y_pred):
    return np.sqrt(np.mean((np.asarray(y_true) - np.asarray(y_pred)) ** 2))


def r2(y_true, y_pred):
    y_true = np.asarray(y_true)
    return 1 - mean_squared_error(y_true, y_pred) ** 2 / np.var(y_true) if np.var(y_true) else 0.0
