# loses: prepare
# why: 0 / 0 is NaN and is replaced; a feature that is constant in the training rows alone becomes infinite.
# from: reference


def prepare(x_train, x_test):
    mean, deviation = np.mean(x_train, axis=0), np.std(x_train, axis=0)
    with np.errstate(all="ignore"):
        scaled_train, scaled_test = (x_train - mean) / deviation, (x_test - mean) / deviation
    scaled_train[np.isnan(scaled_train)] = 0
    scaled_test[np.isnan(scaled_test)] = 0
    return scaled_train, scaled_test
