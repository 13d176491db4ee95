# loses: count_parameters
# why: All numbers are counted as trainable.
# from: reference


def count_parameters(model):
    return model.count_params(), 0
