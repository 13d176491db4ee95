# loses: loss=0.5
# why: Accuracy counts exact hits, which says nothing about numbers.
# from: reference


def build_model(n_features):
    model = keras.Sequential([keras.Input(shape=(n_features,)), keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.02), loss="mse", metrics=["accuracy"])
    return model
