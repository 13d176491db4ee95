# loses: same_compile=0.5
# why: The functional model learns with another rate.
# from: reference


def build_functional(n_features):
    model = globals()["_reference_functional"](n_features)
    model.optimizer.learning_rate = 0.005
    return model


def _reference_functional(n_features):
    inputs = keras.Input(shape=(n_features,))
    hidden = keras.layers.Dense(WIDTH, activation=ACTIVATION)(inputs)
    hidden = keras.layers.Dense(WIDTH, activation=ACTIVATION)(hidden)
    return compiled(keras.Model(inputs, keras.layers.Dense(1)(hidden)))
