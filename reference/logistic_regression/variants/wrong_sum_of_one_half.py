# loses: decision_boundary
# why: The weighted sum is set to 0.5 instead of 0.
# from: reference


def decision_boundary(model):
    kernel, bias = model.layers[-1].get_weights()
    return float((0.5 - bias[0]) / kernel[0, 0])
