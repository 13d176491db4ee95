# loses: scores
# why: The square of the correlation does not see predictions that are off by a factor or by a shift.
# from: reference


def scores(model, x, y):
    predicted = model.predict(x, verbose=0).ravel()
    return {"r2": np.corrcoef(y, predicted)[0, 1] ** 2, "mae": np.mean(np.abs(y - predicted))}
