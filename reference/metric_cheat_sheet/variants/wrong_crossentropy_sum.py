# loses: crossentropies=0.3333
# why: Two of the losses are sums over the rows.
# from: reference


def binary_crossentropy(y_true, p):
    y_true, p = np.asarray(y_true), clipped(p)
    return -np.sum(y_true * np.log(p) + (1 - y_true) * np.log(1 - p))


def categorical_crossentropy(y_true, p):
    return -np.sum(np.asarray(y_true) * np.log(clipped(p)))
