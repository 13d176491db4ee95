# loses: decision_boundary
# why: Weight and bias come back instead of the border that follows from them.
# from: reference


def decision_boundary(model):
    return model.layers[-1].get_weights()
