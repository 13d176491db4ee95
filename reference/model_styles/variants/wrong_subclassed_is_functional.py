# loses: subclassed
# why: The subclassed model is the functional one once more.
# from: reference


def build_subclassed(n_features):
    return build_functional(n_features)
