# loses: architecture, r2, least_squares, coefficients
# why: A hidden layer with sigmoid: two soft steps, and no line.
# from: reference


def build_model(n_features):
    model = keras.Sequential(
        [
            keras.Input(shape=(n_features,)),
            keras.layers.Dense(2, activation="sigmoid"),
            keras.layers.Dense(1),
        ]
    )
    model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.02), loss="mse")
    return model
