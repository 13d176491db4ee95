# loses: crossentropies
# why: The logarithm to base 2 everywhere.
# from: reference


def binary_crossentropy(y_true, p):
    y_true, p = np.asarray(y_true), clipped(p)
    return -np.mean(y_true * np.log2(p) + (1 - y_true) * np.log2(1 - p))


def categorical_crossentropy(y_true, p):
    return -np.mean(np.sum(np.asarray(y_true) * np.log2(clipped(p)), axis=1))


def sparse_categorical_crossentropy(y_true, p):
    return -np.mean(np.log2(clipped(p)[np.arange(len(p)), np.asarray(y_true)]))
