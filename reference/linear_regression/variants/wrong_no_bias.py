# loses: architecture, r2, least_squares
# why: use_bias=False: the line has to go through zero, and there is no second array to unpack.
# from: reference


def build_model(n_features):
    model = keras.Sequential([keras.Input(shape=(n_features,)), keras.layers.Dense(1, use_bias=False)])
    model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.02), loss="mse")
    return model
