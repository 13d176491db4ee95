# loses: same_layers=0.5, same_function=0.5, r2
# why: The functional model has a relu at its output as well.
# from: reference


def build_functional(n_features):
    inputs = keras.Input(shape=(n_features,))
    hidden = keras.layers.Dense(WIDTH, activation=ACTIVATION)(inputs)
    hidden = keras.layers.Dense(WIDTH, activation=ACTIVATION)(hidden)
    return compiled(keras.Model(inputs, keras.layers.Dense(1, activation="relu")(hidden)))
