# loses: one_hot
# why: As many columns as the largest label needs.
# from: reference


def one_hot(y):
    return np.eye(max(y) + 1)[y]
