# loses: prepare
# why: The numbers are right, but the arrays of the caller are changed as well.
# from: reference


def prepare(x_train, x_test):
    mean, deviation = np.mean(x_train, axis=0), np.std(x_train, axis=0)
    deviation[deviation == 0] = 1
    x_train -= mean
    x_train /= deviation
    x_test -= mean
    x_test /= deviation
    return x_train, x_test
