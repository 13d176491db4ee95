# loses: nothing
# why: The trunk is a model of its own, and each head has a hidden layer; a dropout and a penalty in the trunk.

import keras
import numpy as np


def make_trunk():
    return keras.Sequential(
        [
            keras.layers.Dense(48, activation="relu", kernel_regularizer=keras.regularizers.L2(1e-5)),
            keras.layers.Dropout(0.05),
        ],
        name="trunk",
    )


def build_model():
    x = keras.Input(shape=(8,))
    shared = make_trunk()(x)
    outputs = {}
    for name, last in (
        ("variety", keras.layers.Dense(3, activation="softmax")),
        ("sweetness", keras.layers.Dense(1)),
    ):
        outputs[name] = last(keras.layers.Dense(16, activation="relu")(shared))
    model = keras.Model(x, outputs)
    model.compile(
        optimizer="adam",
        loss={"variety": "sparse_categorical_crossentropy", "sweetness": "mse"},
        loss_weights={"sweetness": 1 / 80, "variety": 1},
    )
    return model


def train(model, x_train, sweetness_train, variety_train, x_val, sweetness_val, variety_val):
    return model.fit(
        x_train,
        {"sweetness": sweetness_train, "variety": variety_train},
        validation_data=(x_val, {"sweetness": sweetness_val, "variety": variety_val}),
        epochs=40,
        verbose=0,
    )


def scores(model, x, sweetness, variety):
    answer = model.predict(x, verbose=0)
    r2 = 1 - np.mean((sweetness - answer["sweetness"][:, 0]) ** 2) / np.var(sweetness)
    return {
        "sweetness": round(float(r2), 3),
        "variety": round(float((answer["variety"].argmax(1) == variety).mean()), 3),
    }
