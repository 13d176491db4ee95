# loses: count_parameters
# why: Only the trainable numbers come back.
# from: reference


def count_parameters(model):
    return sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)
