# loses: prepare
# why: The test part comes first.
# from: reference

from sklearn.preprocessing import StandardScaler


def prepare(x_train, x_test):
    scaler = StandardScaler().fit(x_train)
    return scaler.transform(x_test), scaler.transform(x_train)
