# loses: hardest_wrong=0.5
# why: The right nine, the surest last.
# from: reference


def hardest_wrong(model, x, y):
    probabilities = model.predict(x, verbose=0)
    wrong = np.flatnonzero(probabilities.argmax(axis=1) != y)
    return wrong[np.argsort(probabilities.max(axis=1)[wrong])][-9:]
