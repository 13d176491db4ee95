# loses: constant, he, no_bias, l2, non_negative, frozen
# why: The class is returned, not a layer of it.
# from: reference


def make_layer(description):
    return keras.layers.Dense
