# loses: crossentropies=0.6667
# why: Rows with label 0 do not count.
# from: reference


def binary_crossentropy(y_true, p):
    return -np.mean(np.asarray(y_true) * np.log(clipped(p)))
