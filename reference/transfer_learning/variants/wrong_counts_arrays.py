# loses: count_parameters
# why: Counts the arrays of weights, not the numbers in them.
# from: reference


def count_parameters(model):
    return len(model.trainable_weights), len(model.non_trainable_weights)
