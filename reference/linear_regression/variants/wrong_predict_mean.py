# loses: predict
# why: The mean of all predictions is returned instead of one number for each row.
# from: reference


def predict(model, x):
    return model.predict(x, verbose=0).mean()
