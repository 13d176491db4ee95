# loses: errors=0.5, r2=0.5
# why: Arguments are taken for arrays; lists raise an error.
# from: reference


def mean_absolute_error(y_true, y_pred):
    return abs(y_true - y_pred).mean()


def mean_squared_error(y_true, y_pred):
    return ((y_true - y_pred) ** 2).mean()


def r2(y_true, y_pred):
    total = ((y_true - y_true.mean()) ** 2).sum()
    return 1 - ((y_true - y_pred) ** 2).sum() / total if total else 0.0
