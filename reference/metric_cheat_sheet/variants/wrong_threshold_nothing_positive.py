# loses: threshold
# why: With 1.0 nothing is called positive: no false alarm, and nothing found either.
# from: reference


def threshold_without_false_positives(y_true, p):
    return 1.0
