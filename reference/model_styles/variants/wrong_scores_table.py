# loses: scores
# why: (n,) minus (n, 1) is a table (n, n), and both scores are computed from it.
# from: reference


def scores(model, x, y):
    off = y - model.predict(x, verbose=0)
    return {"r2": 1 - np.mean(off**2) / np.var(y), "mae": np.mean(np.abs(off))}
