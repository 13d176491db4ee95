# loses: confusion_counts
# why: The order is that of scikit-learn's confusion matrix: tn, fp, fn, tp.
# from: reference


def confusion_counts(y_true, y_pred):
    from sklearn.metrics import confusion_matrix

    return confusion_matrix(y_true, y_pred, labels=[0, 1]).ravel()
