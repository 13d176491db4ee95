# loses: nothing
# why: Separate Activation("linear") layer, a part of the rows for validation, a schedule for the learning rate.
import keras
import numpy as np


def build_model(n_features):
    model = keras.Sequential(
        [keras.layers.InputLayer(shape=(n_features,)), keras.layers.Dense(1), keras.layers.Activation("linear")]
    )
    rate = keras.optimizers.schedules.ExponentialDecay(0.05, decay_steps=100, decay_rate=0.9)
    model.compile(optimizer=keras.optimizers.Adam(rate), loss="mean_squared_error", metrics=["mse", "mae"])
    return model


def train(model, x, y):
    return model.fit(x, y, validation_split=0.1, epochs=60, verbose=0)


def coefficients(model):
    return tuple(np.squeeze(weights) for weights in model.get_weights())


def predict(model, x):
    return model.predict(x, verbose=0).flatten().tolist()
