# loses: confusion
# why: Without labels=range(10) the matrix has rows only for the digits that occur.
# from: reference

from sklearn.metrics import confusion_matrix


def confusion(y_true, y_pred):
    return confusion_matrix(y_true, y_pred)
