# loses: prepare=0.5
# why: Targets are divided by the largest of both parts.
# from: reference


def prepare(x_train, x_test, y_train, y_test):
    scaler = StandardScaler().fit(x_train)
    largest = max(y_train.max(), y_test.max())
    return scaler.transform(x_train), scaler.transform(x_test), y_train / largest, y_test / largest
