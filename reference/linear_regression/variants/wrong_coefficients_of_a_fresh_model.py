# loses: coefficients
# why: The weights are those of a new network, not of the trained one.
# from: reference


def coefficients(model):
    kernel, bias = build_model(model.input_shape[1]).layers[-1].get_weights()
    return kernel[:, 0], float(bias[0])
