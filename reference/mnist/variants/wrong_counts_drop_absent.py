# loses: describe=0.6667
# why: np.unique knows only the digits that occur.
# from: reference


def describe(x, y):
    _digits, counts = np.unique(y, return_counts=True)
    return {
        "shape": x.shape,
        "dtype": str(x.dtype),
        "min": x.min(),
        "max": x.max(),
        "counts": counts,
        "distances": counts - counts.mean(),
    }
