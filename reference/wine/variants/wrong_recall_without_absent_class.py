# loses: evaluate
# why: Only the growers that occur in y get a recall.
# from: reference


def evaluate(model, x, y):
    predicted = np.argmax(model.predict(x, verbose=0), axis=1)
    return {"accuracy": np.mean(predicted == y), "recall": [np.mean(predicted[y == k] == k) for k in np.unique(y)]}
