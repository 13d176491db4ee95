# loses: threshold
# why: The smallest probability of a positive above all negatives would do for p >= threshold; with p > threshold that one is missed.
# from: reference


def threshold_without_false_positives(y_true, p):
    p, y_true = np.asarray(p), np.asarray(y_true)
    largest = p[y_true == 0].max(initial=0.0)
    return p[p > largest].min(initial=1.0)
