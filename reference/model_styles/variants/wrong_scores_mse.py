# loses: scores
# why: The mean squared error stands where the mean absolute error belongs.
# from: reference


def scores(model, x, y):
    off = y - model.predict(x, verbose=0)[:, 0]
    return {"r2": 1 - np.mean(off**2) / np.var(y), "mae": np.mean(off**2)}
