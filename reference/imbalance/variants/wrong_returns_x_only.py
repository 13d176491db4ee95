# loses: undersample
# why: The labels of the sample are not returned.
# from: reference


def undersample(x, y, seed):
    rng = np.random.default_rng(seed)
    labels, counts = np.unique(y, return_counts=True)
    rows = [rng.choice(np.flatnonzero(y == label), counts.min(), replace=False) for label in labels]
    return x[np.concatenate(rows)]
