# loses: r2
# why: The sign is wrong: the ratio minus 1.
# from: reference


def r2(y_true, y_pred):
    y_true, y_pred = np.asarray(y_true), np.asarray(y_pred)
    total = np.sum((y_true - y_true.mean()) ** 2)
    return np.sum((y_true - y_pred) ** 2) / total - 1 if total else 0.0
