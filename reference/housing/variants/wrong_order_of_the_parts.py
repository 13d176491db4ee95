# loses: prepare
# why: The parts come back as (x_train, y_train, x_test, y_test).
# from: reference


def prepare(x_train, x_test, y_train, y_test):
    scaler = StandardScaler().fit(x_train)
    return scaler.transform(x_train), y_train, scaler.transform(x_test), y_test
