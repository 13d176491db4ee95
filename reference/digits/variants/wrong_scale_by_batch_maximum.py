# loses: scale
# why: The largest value of the batch is the scale, so the same picture gives other numbers in other company.
# from: reference


def scale(x):
    return x / np.max(x)
