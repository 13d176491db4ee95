# loses: prepare=0.5
# why: fit_transform on the test part, too: it is standardised by itself.
# from: reference


def prepare(x_train, x_test, y_train, y_test):
    scaler = StandardScaler()
    return scaler.fit_transform(x_train), scaler.fit_transform(x_test), y_train, y_test
