# loses: oversample=0.5
# why: All rows are drawn anew, so that chance leaves some out.
# from: reference


def oversample(x, y, seed):
    rng = np.random.default_rng(seed)
    labels, counts = np.unique(y, return_counts=True)
    rows = np.concatenate([rng.choice(np.flatnonzero(y == label), counts.max()) for label in labels])
    return x[rows], y[rows]
