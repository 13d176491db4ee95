# loses: predict_label
# why: Words instead of 0 and 1.
# from: reference


def predict_label(model, x, threshold=0.5):
    return ["yes" if p > threshold else "no" for p in model.predict(x, verbose=0)[:, 0]]
