# loses: split
# why: x and y are shuffled one after the other, each in its own order.
# from: reference


def split(x, y, seed):
    rng = np.random.default_rng(seed)
    x, y = rng.permutation(x), rng.permutation(y)
    n_test = round(len(x) / 4)
    return x[n_test:], x[:n_test], y[n_test:], y[:n_test]
