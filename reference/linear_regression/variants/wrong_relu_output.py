# loses: architecture, r2
# may lose: least_squares
# why: The output goes through relu: negative targets can never be predicted.
# from: reference


def build_model(n_features):
    model = keras.Sequential([keras.Input(shape=(n_features,)), keras.layers.Dense(1, activation="relu")])
    model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.02), loss="mse")
    return model
