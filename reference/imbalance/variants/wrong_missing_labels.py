# loses: class_weights=0.5
# why: np.bincount counts labels that do not occur as well, and divides by zero there.
# from: reference


def class_weights(y):
    counts = np.bincount(np.asarray(y, dtype=int))
    return {label: float(counts.max() / count) for label, count in enumerate(counts)}
