# loses: describe=0.6667
# why: The range is that of uint8, not that of the pictures.
# from: reference


def describe(x, y):
    counts = np.bincount(y, minlength=10)
    return {
        "shape": x.shape,
        "dtype": str(x.dtype),
        "min": 0,
        "max": 255,
        "counts": counts,
        "distances": counts - counts.mean(),
    }
