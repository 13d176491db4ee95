# loses: one_hot
# why: The number of columns comes from the largest label that happens to be in y.
# from: reference


def one_hot(y):
    rows = np.zeros((len(y), np.max(y) + 1))
    rows[np.arange(len(y)), y] = 1
    return rows
