# loses: count_parameters=0.5
# why: The last layer counts as all that learns: this is right for a head of one layer only.
# from: reference


def count_parameters(model):
    learn = model.layers[-1].count_params()
    return learn, model.count_params() - learn
