# loses: predict_label
# why: The probabilities come back, not the labels.
# from: reference


def predict_label(model, x, threshold=0.5):
    return model.predict(x, verbose=0)[:, 0]
