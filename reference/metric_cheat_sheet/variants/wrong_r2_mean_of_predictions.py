# loses: r2
# why: The denominator takes the mean of the predictions.
# from: reference


def r2(y_true, y_pred):
    y_true, y_pred = np.asarray(y_true), np.asarray(y_pred)
    total = np.sum((y_true - y_pred.mean()) ** 2)
    return 1 - np.sum((y_true - y_pred) ** 2) / total if total else 0.0
