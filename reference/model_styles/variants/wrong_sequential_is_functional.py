# loses: sequential
# why: The model that is to be sequential is built with the functional API.
# from: reference


def build_sequential(n_features):
    return build_functional(n_features)
