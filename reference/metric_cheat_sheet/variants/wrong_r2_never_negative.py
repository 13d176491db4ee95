# loses: r2
# why: Negative values are cut off.
# from: reference


def r2(y_true, y_pred):
    y_true, y_pred = np.asarray(y_true), np.asarray(y_pred)
    total = np.sum((y_true - y_true.mean()) ** 2)
    return max(0.0, 1 - np.sum((y_true - y_pred) ** 2) / total) if total else 0.0
