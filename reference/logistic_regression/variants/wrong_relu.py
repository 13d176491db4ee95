# loses: head_and_loss
# may lose: accuracy
# why: relu is no probability: it has no upper end, and below 0 it stops learning.
# from: reference


def build_model(n_features):
    model = keras.Sequential([keras.Input(shape=(n_features,)), keras.layers.Dense(1, activation="relu")])
    model.compile(optimizer=keras.optimizers.Adam(0.05), loss="binary_crossentropy", metrics=["accuracy"])
    return model
