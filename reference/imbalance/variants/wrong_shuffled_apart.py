# loses: undersample
# why: x and y are shuffled one after the other, so that rows lose their labels.
# from: reference


def undersample(x, y, seed):
    rng = np.random.default_rng(seed)
    labels, counts = np.unique(y, return_counts=True)
    rows = np.concatenate([rng.choice(np.flatnonzero(y == label), counts.min(), replace=False) for label in labels])
    return rng.permutation(x[rows]), rng.permutation(y[rows])
