# loses: scale
# why: The values are right, but the array of the caller is changed as well.
# from: reference


def scale(x):
    x /= LARGEST_GREY_VALUE
    return x
