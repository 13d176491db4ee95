# loses: scores
# why: The explained variance does not see that all predictions are off by the same.
# from: reference


def scores(model, x, y):
    predicted = model.predict(x, verbose=0).ravel()
    error = y - predicted
    return {"r2": 1 - np.var(error) / np.var(y), "mae": np.mean(np.abs(error))}
