# loses: prepare=0.5
# why: Targets are divided by the largest of the test part.
# from: reference


def prepare(x_train, x_test, y_train, y_test):
    scaler = StandardScaler().fit(x_train)
    return scaler.transform(x_train), scaler.transform(x_test), y_train / y_test.max(), y_test / y_test.max()
