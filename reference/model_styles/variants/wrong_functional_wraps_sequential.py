# loses: functional
# why: A functional model that does nothing but call one Sequential.
# from: reference


def build_functional(n_features):
    inputs = keras.Input(shape=(n_features,))
    return compiled(keras.Model(inputs, build_sequential(n_features)(inputs)))
