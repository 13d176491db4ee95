import keras
from keras import layers
import numpy as np


def build_model():
    inputs = keras.Input(shape=(8,))
    x = layers.Dense(32, activation="relu")(inputs)
    x = layers.Dense(32, activation="relu")(x)
    variety = layers.Dense(3, activation="softmax", name="variety")(x)
    sweetness = layers.Dense(1, name="sweetness")(x)
    model = keras.Model(inputs=inputs, outputs=[variety, sweetness])
    model.compile(optimizer="adam", loss="mse", metrics=["accuracy", "mae"])
    return model


def train(model, x_train, sweetness_train, variety_train, x_val, sweetness_val, variety_val):
    y = np.column_stack([sweetness_train, variety_train])
    y_val = np.column_stack([sweetness_val, variety_val])
    return model.fit(x_train, y, validation_data=(x_val, y_val), epochs=40, verbose=0)


def scores(model, x, sweetness, variety):
    result = model.evaluate(x, [sweetness, variety], verbose=0)
    return {"sweetness": result[1], "variety": result[2]}
