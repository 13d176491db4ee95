# loses: count_parameters=0.5
# why: Frozen numbers first.
# from: reference


def count_parameters(model):
    trainable = sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)
    return model.count_params() - trainable, trainable
