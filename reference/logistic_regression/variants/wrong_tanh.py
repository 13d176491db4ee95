# loses: head_and_loss
# usually loses: accuracy
# why: tanh gives numbers from -1 to 1; half of them are no probabilities. Trained to the end, it may classify well.
# from: reference


def build_model(n_features):
    model = keras.Sequential([keras.Input(shape=(n_features,)), keras.layers.Dense(1, activation="tanh")])
    model.compile(optimizer=keras.optimizers.Adam(0.05), loss="binary_crossentropy", metrics=["accuracy"])
    return model
