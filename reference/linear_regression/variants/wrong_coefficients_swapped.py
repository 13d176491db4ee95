# loses: coefficients
# why: The bias comes first, the weights second.
# from: reference


def coefficients(model):
    kernel, bias = model.layers[-1].get_weights()
    return bias[0], kernel[:, 0]
