# loses: threshold=0.5
# why: The maximum of no negatives raises an error.
# from: reference


def threshold_without_false_positives(y_true, p):
    return max(q for y, q in zip(y_true, p) if y == 0)
