# loses: scores
# why: Truth and prediction are swapped.
# from: reference


def scores(model, x, y):
    predicted = predict(model, x)
    return {"r2": r2_score(predicted, y), "mae": mean_absolute_error(predicted, y)}
