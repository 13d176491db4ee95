# loses: split
# why: The test rows are drawn, but they stay in the training part as well.
# from: reference


def split(x, y, seed):
    x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.25, random_state=seed)
    return x, x_test, y, y_test
