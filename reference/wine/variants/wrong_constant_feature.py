# loses: prepare
# why: A feature that never changes is divided by 0.
# from: reference


def prepare(x_train, x_test):
    mean, deviation = np.mean(x_train, axis=0), np.std(x_train, axis=0)
    return (x_train - mean) / deviation, (x_test - mean) / deviation
