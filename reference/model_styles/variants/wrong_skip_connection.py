# loses: same_function=0.5
# why: The functional model adds the first hidden layer to the second: the same weights, another function.
# from: reference


def build_functional(n_features):
    inputs = keras.Input(shape=(n_features,))
    first = keras.layers.Dense(WIDTH, activation=ACTIVATION)(inputs)
    second = keras.layers.Dense(WIDTH, activation=ACTIVATION)(first)
    return compiled(keras.Model(inputs, keras.layers.Dense(1)(keras.layers.add([first, second]))))
