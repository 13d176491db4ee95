# loses: prepare=0.5
# why: The scaler is fitted on both parts together.
# from: reference


def prepare(x_train, x_test, y_train, y_test):
    scaler = StandardScaler().fit(np.concatenate([x_train, x_test]))
    return scaler.transform(x_train), scaler.transform(x_test), y_train, y_test
