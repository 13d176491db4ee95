# loses: accuracy_f1=0.6667
# why: Accuracy counts the true positives only.
# from: reference


def accuracy(tp, fp, tn, fn):
    return share(tp, tp + fp + tn + fn)
