# loses: hardest_correct
# why: Positions among the right pictures, not among all.
# from: reference


def hardest_correct(model, x, y):
    probabilities = model.predict(x, verbose=0)
    right = probabilities.argmax(axis=1) == y
    return np.argsort(probabilities.max(axis=1)[right])[:9]
