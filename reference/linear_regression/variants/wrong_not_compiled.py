# loses: loss, r2, least_squares
# why: build_model returns a model that was never compiled: fit stops with an error.
# from: reference


def build_model(n_features):
    return keras.Sequential([keras.Input(shape=(n_features,)), keras.layers.Dense(1)])
