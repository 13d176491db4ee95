# loses: scores
# why: A column minus a line is a table.
# from: reference


def scores(model, x, y):
    predicted = model.predict(x, verbose=0)
    rest = ((y - predicted) ** 2).mean()
    return {"r2": 1 - rest / y.var(), "mae": np.abs(y - predicted).mean()}
