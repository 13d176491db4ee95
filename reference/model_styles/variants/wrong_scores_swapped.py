# loses: scores
# why: r2_score gets prediction and truth in the wrong order.
# from: reference
from sklearn.metrics import mean_absolute_error, r2_score


def scores(model, x, y):
    predicted = model.predict(x, verbose=0)
    return {"r2": r2_score(predicted, y), "mae": mean_absolute_error(predicted, y)}
