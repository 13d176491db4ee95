# loses: rates=0.8
# why: The false positives are divided by all that were called positive: the false discovery rate.
# from: reference


def false_positive_rate(tp, fp, tn, fn):
    return share(fp, tp + fp)
