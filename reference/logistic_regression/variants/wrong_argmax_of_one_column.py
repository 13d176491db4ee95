# loses: predict_label
# why: argmax over a single column is always 0.
# from: reference


def predict_label(model, x, threshold=0.5):
    return np.argmax(model.predict(x, verbose=0), axis=1)
