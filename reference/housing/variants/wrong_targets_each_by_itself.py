# loses: prepare=0.5
# why: Each part of the targets is standardised by its own mean and deviation.
# from: reference


def prepare(x_train, x_test, y_train, y_test):
    scaler = StandardScaler().fit(x_train)
    y_train, y_test = ((y - y.mean()) / y.std() for y in (y_train, y_test))
    return scaler.transform(x_train), scaler.transform(x_test), y_train, y_test
