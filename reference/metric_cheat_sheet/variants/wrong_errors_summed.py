# loses: errors
# why: Sums instead of means.
# from: reference


def mean_absolute_error(y_true, y_pred):
    return np.sum(np.abs(np.asarray(y_true) - np.asarray(y_pred)))


def mean_squared_error(y_true, y_pred):
    return np.sum((np.asarray(y_true) - np.asarray(y_pred)) ** 2)


def r2(y_true, y_pred):
    y_true = np.asarray(y_true)
    total = np.sum((y_true - y_true.mean()) ** 2)
    return 1 - np.sum((y_true - np.asarray(y_pred)) ** 2) / total if total else 0.0
