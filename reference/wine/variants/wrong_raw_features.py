# loses: prepare
# why: The features stay as they were measured; proline is a thousand times as large as hue.
# from: reference


def prepare(x_train, x_test):
    return x_train, x_test
