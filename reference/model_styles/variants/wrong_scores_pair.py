# loses: scores
# why: A pair instead of a dict: nobody can see which is which.
# from: reference


def scores(model, x, y):
    off = y - model.predict(x, verbose=0)[:, 0]
    return 1 - np.mean(off**2) / np.var(y), np.mean(np.abs(off))
