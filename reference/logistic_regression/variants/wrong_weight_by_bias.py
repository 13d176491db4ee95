# loses: decision_boundary
# why: Weight and bias are exchanged.
# from: reference


def decision_boundary(model):
    kernel, bias = model.layers[-1].get_weights()
    return float(-kernel[0, 0] / bias[0])
