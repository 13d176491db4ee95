# loses: accuracy
# may lose: training
# why: Two epochs with the standard learning rate: the neuron has hardly moved. By luck, it knew as much before.
# from: reference


def build_model(n_features):
    model = keras.Sequential([keras.Input(shape=(n_features,)), keras.layers.Dense(1, activation="sigmoid")])
    model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
    return model


def train(model, x, y):
    return model.fit(x, y, epochs=2, batch_size=64, verbose=0)
