# loses: rates=0.4, accuracy_f1=0.3333
# why: The counts are taken in the order tp, tn, fp, fn. Sensitivity, the miss rate and the sum of all do not notice.
# from: reference


def specificity(tp, tn, fp, fn):
    return share(tn, fp + tn)


def precision(tp, tn, fp, fn):
    return share(tp, tp + fp)


def false_positive_rate(tp, tn, fp, fn):
    return share(fp, fp + tn)


def accuracy(tp, tn, fp, fn):
    return share(tp + tn, tp + fp + tn + fn)


def f1(tp, tn, fp, fn):
    return share(2 * tp, 2 * tp + fp + fn)
