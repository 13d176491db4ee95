# loses: describe
# why: What is only printed cannot be used by anybody.
# from: reference


def describe(x, y):
    print(x.shape, x.dtype, x.min(), x.max(), np.bincount(y, minlength=10))
