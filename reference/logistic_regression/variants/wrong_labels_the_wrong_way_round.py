# loses: predict_label
# why: 1 where the probability is below the threshold.
# from: reference


def predict_label(model, x, threshold=0.5):
    return (model.predict(x, verbose=0)[:, 0] < threshold).astype(int)
