# loses: decision_boundary
# why: The minus sign is missing.
# from: reference


def decision_boundary(model):
    kernel, bias = model.layers[-1].get_weights()
    return float(bias[0] / kernel[0, 0])
