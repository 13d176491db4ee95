# loses: split
# why: The parts come as x_train, y_train, x_test, y_test.
# from: reference


def split(x, y, seed):
    x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.25, random_state=seed)
    return x_train, y_train, x_test, y_test
