# loses: oversample
# why: The class in the middle stays as small as it was.
# from: reference


def oversample(x, y, seed):
    rng = np.random.default_rng(seed)
    labels, counts = np.unique(y, return_counts=True)
    rare = labels[counts.argmin()]
    more = rng.choice(np.flatnonzero(y == rare), counts.max() - counts.min())
    rows = np.concatenate([np.arange(len(y)), more])
    return x[rows], y[rows]
