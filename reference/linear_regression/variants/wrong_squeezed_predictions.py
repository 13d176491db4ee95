# loses: predict=0.5
# why: squeeze() removes every axis of length 1: for a single row that of the rows, too.
# from: reference


def predict(model, x):
    return model.predict(x, verbose=0).squeeze()
