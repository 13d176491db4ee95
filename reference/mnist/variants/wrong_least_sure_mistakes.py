# loses: hardest_wrong
# why: The mistakes that the network was nearly in doubt about.
# from: reference


def hardest_wrong(model, x, y):
    probabilities = model.predict(x, verbose=0)
    wrong = np.flatnonzero(probabilities.argmax(axis=1) != y)
    return wrong[np.argsort(probabilities.max(axis=1)[wrong])][:9]
