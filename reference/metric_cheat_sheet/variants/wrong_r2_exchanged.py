# loses: r2
# why: The arguments are exchanged.
# from: reference


def r2(y_true, y_pred):
    from sklearn.metrics import r2_score

    return r2_score(y_pred, y_true) if len(set(y_true)) > 1 else 0.0
