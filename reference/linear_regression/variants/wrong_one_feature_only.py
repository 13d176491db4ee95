# loses: architecture=0.5, loss=0.5, r2=0.5, least_squares=0.5
# why: The number of inputs is written down instead of taken from n_features.
# from: reference


def build_model(n_features):
    model = keras.Sequential([keras.Input(shape=(1,)), keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.02), loss="mse")
    return model
