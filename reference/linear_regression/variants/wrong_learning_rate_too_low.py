# loses: r2, least_squares
# why: With a learning rate of 0.00001 the weights hardly move.
# from: reference


def build_model(n_features):
    model = keras.Sequential([keras.Input(shape=(n_features,)), keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.00001), loss="mse")
    return model
