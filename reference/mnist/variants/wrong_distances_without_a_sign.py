# loses: describe=0.8333
# why: Nobody sees which digits are rarer than the mean.
# from: reference


def describe(x, y):
    counts = np.bincount(y, minlength=10)
    return {
        "shape": x.shape,
        "dtype": str(x.dtype),
        "min": x.min(),
        "max": x.max(),
        "counts": counts,
        "distances": np.abs(counts - counts.mean()),
    }
