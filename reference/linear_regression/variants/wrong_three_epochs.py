# loses: r2, least_squares
# why: Three epochs are far too few steps.
# from: reference


def train(model, x, y):
    return model.fit(x, y, epochs=3, verbose=0)
