# loses: confusion_counts=0.5
# why: Without labels=[0, 1] scikit-learn's matrix is 1×1 where only one label occurs.
# from: reference


def confusion_counts(y_true, y_pred):
    from sklearn.metrics import confusion_matrix

    tn, fp, fn, tp = confusion_matrix(y_true, y_pred).ravel()
    return tp, fp, tn, fn
