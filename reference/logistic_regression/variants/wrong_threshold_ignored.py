# loses: predict_label
# why: The threshold is an argument, but 0.5 is written into the code.
# from: reference


def predict_label(model, x, threshold=0.5):
    return np.round(model.predict(x, verbose=0)[:, 0]).astype(int)
