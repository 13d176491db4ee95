# loses: training, r2, least_squares
# why: Each step overshoots by far, the loss grows to infinity, and the weights end as NaN.
# from: reference


def build_model(n_features):
    model = keras.Sequential([keras.Input(shape=(n_features,)), keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.SGD(learning_rate=10.0), loss="mse")
    return model
