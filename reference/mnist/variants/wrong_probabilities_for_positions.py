# loses: hardest_correct, hardest_wrong
# why: The probabilities come back, not where they are.
# from: reference


def hardest_correct(model, x, y):
    probabilities = model.predict(x, verbose=0)
    return np.sort(probabilities.max(axis=1)[probabilities.argmax(axis=1) == y])[:9]


def hardest_wrong(model, x, y):
    probabilities = model.predict(x, verbose=0)
    return np.sort(probabilities.max(axis=1)[probabilities.argmax(axis=1) != y])[::-1][:9]
