# loses: hardest_correct
# why: These are the easiest pictures.
# from: reference


def hardest_correct(model, x, y):
    probabilities = model.predict(x, verbose=0)
    right = np.flatnonzero(probabilities.argmax(axis=1) == y)
    return right[np.argsort(-probabilities.max(axis=1)[right])][:9]
