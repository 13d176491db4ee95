# loses: undersample=0.5
# why: Always the first rows of each class, whatever the seed is.
# from: reference


def undersample(x, y, seed):
    labels, counts = np.unique(y, return_counts=True)
    rows = np.concatenate([np.flatnonzero(y == label)[: counts.min()] for label in labels])
    return x[rows], y[rows]
