# loses: rates=0.8
# why: The false positives are divided by all that were predicted negative, not by all that are negative.
# from: reference


def false_positive_rate(tp, fp, tn, fn):
    return share(fp, tn + fn)
