# loses: predict_label
# why: The function takes no threshold at all.
# from: reference


def predict_label(model, x):
    return (model.predict(x, verbose=0)[:, 0] > 0.5).astype(int)
