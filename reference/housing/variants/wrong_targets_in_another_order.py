# loses: prepare=0.5
# why: The targets to test with are sorted, and no longer belong to the rows of x_test.
# from: reference


def prepare(x_train, x_test, y_train, y_test):
    scaler = StandardScaler().fit(x_train)
    return scaler.transform(x_train), scaler.transform(x_test), y_train, np.sort(y_test)
