# loses: predict
# why: The weighted sum is computed by hand, and the bias is left out.
# from: reference


def predict(model, x):
    w, _ = coefficients(model)
    return x @ w
