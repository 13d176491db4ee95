# loses: architecture, accuracy=0.5
# why: The number of features is written into the code.
# from: reference


def build_model(n_features):
    model = keras.Sequential([keras.Input(shape=(30,)), keras.layers.Dense(1, activation="sigmoid")])
    model.compile(optimizer=keras.optimizers.Adam(0.05), loss="binary_crossentropy", metrics=["accuracy"])
    return model
