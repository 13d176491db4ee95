# loses: same_layers=0.5, same_function=0.5
# why: The hidden layers of the functional model are wider than those of the others.
# from: reference


def build_functional(n_features):
    inputs = keras.Input(shape=(n_features,))
    hidden = keras.layers.Dense(64, activation=ACTIVATION)(inputs)
    hidden = keras.layers.Dense(64, activation=ACTIVATION)(hidden)
    return compiled(keras.Model(inputs, keras.layers.Dense(1)(hidden)))
