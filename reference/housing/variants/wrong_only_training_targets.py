# loses: prepare=0.5
# why: The targets to train with are scaled, those to test with are not.
# from: reference


def prepare(x_train, x_test, y_train, y_test):
    scaler = StandardScaler().fit(x_train)
    return scaler.transform(x_train), scaler.transform(x_test), y_train / y_train.max(), y_test
