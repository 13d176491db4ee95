# loses: crossentropies=0.6667
# why: The minus sign is missing.
# from: reference


def binary_crossentropy(y_true, p):
    y_true, p = np.asarray(y_true), clipped(p)
    return np.mean(y_true * np.log(p) + (1 - y_true) * np.log(1 - p))
