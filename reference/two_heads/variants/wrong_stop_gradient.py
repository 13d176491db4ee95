# loses: shared_trunk
# may lose: accuracy
# why: stop_gradient keeps the variety from teaching the trunk.

import keras
import numpy as np


def build_model():
    features = keras.Input(shape=(8,))
    trunk = keras.layers.Dense(32, activation="relu")(features)
    trunk = keras.layers.Dense(16, activation="relu")(trunk)
    sweetness = keras.layers.Dense(1, name="sweetness")(trunk)
    variety = keras.layers.Dense(3, activation="softmax", name="variety")(
        keras.layers.Lambda(keras.ops.stop_gradient)(trunk)
    )
    model = keras.Model(features, [sweetness, variety])
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=0.01),
        loss={"sweetness": "mse", "variety": "sparse_categorical_crossentropy"},
        loss_weights={"sweetness": 0.01, "variety": 1.0},
    )
    return model


def train(model, x_train, sweetness_train, variety_train, x_val, sweetness_val, variety_val):
    return model.fit(
        x_train,
        {"sweetness": sweetness_train, "variety": variety_train},
        validation_data=(x_val, {"sweetness": sweetness_val, "variety": variety_val}),
        epochs=20,
        verbose=0,
    )


def scores(model, x, sweetness, variety):
    predicted, probabilities = model.predict(x, verbose=0)
    r2 = 1 - np.mean((sweetness - predicted[:, 0]) ** 2) / np.var(sweetness)
    return {"sweetness": r2, "variety": np.mean(probabilities.argmax(axis=1) == variety)}
