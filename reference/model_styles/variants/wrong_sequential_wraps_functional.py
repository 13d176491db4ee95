# loses: sequential
# why: The Sequential holds a single functional model: nothing stands one after another there.
# from: reference


def build_sequential(n_features):
    inputs = keras.Input(shape=(n_features,))
    hidden = keras.layers.Dense(WIDTH, activation=ACTIVATION)(inputs)
    hidden = keras.layers.Dense(WIDTH, activation=ACTIVATION)(hidden)
    inner = keras.Model(inputs, keras.layers.Dense(1)(hidden))
    return compiled(keras.Sequential([keras.Input(shape=(n_features,)), inner]))
