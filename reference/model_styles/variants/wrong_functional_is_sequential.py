# loses: functional
# why: build_functional returns a keras.Sequential: a Sequential called functional.
# from: reference


def build_functional(n_features):
    return build_sequential(n_features)
