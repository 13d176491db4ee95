# loses: prepare
# why: The scaler is fitted on both parts together, so the test rows have a say in how training rows look.
# from: reference

from sklearn.preprocessing import StandardScaler


def prepare(x_train, x_test):
    scaler = StandardScaler().fit(np.concatenate([x_train, x_test]))
    return scaler.transform(x_train), scaler.transform(x_test)
