# loses: coefficients
# why: The bias is forgotten.
# from: reference


def coefficients(model):
    return model.layers[-1].get_weights()[0]
