# loses: class_counts
# why: np.unique counts only what occurs: a digit without rows has no entry.
# from: reference


def class_counts(y):
    digits, counts = np.unique(y, return_counts=True)
    return counts
