# loses: training, r2, least_squares
# why: train evaluates the model instead of fitting it.
# from: reference


def train(model, x, y):
    return model.evaluate(x, y, verbose=0)
