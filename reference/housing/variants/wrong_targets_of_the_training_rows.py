# loses: prepare=0.5
# why: A slip of the pen: the first targets to train with come back in place of those to test with.
# from: reference


def prepare(x_train, x_test, y_train, y_test):
    scaler = StandardScaler().fit(x_train)
    return scaler.transform(x_train), scaler.transform(x_test), y_train, y_train[: len(y_test)]
