# loses: coefficients=0.5
# why: Only the weight of the first feature is returned.
# from: reference


def coefficients(model):
    kernel, bias = model.layers[-1].get_weights()
    return kernel[0, 0], bias[0]
