# loses: threshold
# why: The smallest probability of a positive is a threshold without false negatives.
# from: reference


def threshold_without_false_positives(y_true, p):
    p, y_true = np.asarray(p), np.asarray(y_true)
    return p[y_true == 1].min(initial=1.0)
