# loses: nothing
# why: Losses, weights and labels as lists by place; one-hot labels; validation data as a tuple of lists.

import keras
import numpy as np


def build_model():
    x = inputs = keras.Input([8])
    for units in 48, 24:
        x = keras.layers.Dense(units, "relu", kernel_initializer="he_normal")(x)
    outputs = [keras.layers.Dense(1, name="sweetness")(x), keras.layers.Dense(3, "softmax", name="variety")(x)]
    model = keras.Model(inputs=inputs, outputs=outputs)
    model.compile(
        "adam", ["mse", "categorical_crossentropy"], loss_weights=[0.02, 1.0], metrics=[["mae"], ["acc"]]
    )
    return model


def train(model, x_train, sweetness_train, variety_train, x_val, sweetness_val, variety_val):
    labels = [sweetness_train, keras.utils.to_categorical(variety_train, 3)]
    validation = (x_val, [sweetness_val, keras.utils.to_categorical(variety_val, 3)])
    return model.fit(x_train, labels, batch_size=16, epochs=25, validation_data=validation, verbose=0)


def scores(model, x, sweetness, variety):
    predicted, probabilities = model.predict(x, verbose=0)
    r2 = 1 - np.mean((sweetness - predicted[:, 0]) ** 2) / np.var(sweetness)
    return {"sweetness": r2, "variety": np.mean(probabilities.argmax(axis=1) == variety)}
