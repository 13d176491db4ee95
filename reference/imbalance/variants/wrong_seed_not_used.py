# loses: undersample=0.5, oversample=0.5
# why: Both draw with the global generator, and ignore the seed that they are given.
# from: reference


def _draw(x, y, size, grow):
    rows = []
    for label in np.unique(y):
        own = np.flatnonzero(y == label)
        if grow:
            rows += list(own) + list(np.random.choice(own, size - len(own)))
        else:
            rows += list(np.random.choice(own, size, replace=False))
    return x[rows], y[rows]


def undersample(x, y, seed):
    return _draw(x, y, np.unique(y, return_counts=True)[1].min(), False)


def oversample(x, y, seed):
    return _draw(x, y, np.unique(y, return_counts=True)[1].max(), True)
