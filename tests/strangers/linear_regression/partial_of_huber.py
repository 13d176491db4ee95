# The loss as a partial function, the weights through a constraint, numbers taken out with np.ravel.
from functools import partial

import keras
import numpy as np


def build_model(n_features):
    layer = keras.layers.Dense(units=1, kernel_initializer="lecun_uniform", kernel_constraint=keras.constraints.MaxNorm(1e3))
    model = keras.models.Sequential(name="line", layers=[keras.layers.InputLayer(shape=(n_features,)), layer])
    model.compile(loss=partial(keras.losses.huber, delta=3.0), optimizer=keras.optimizers.Adam(learning_rate=0.1))
    return model


def train(model, x, y):
    stop = keras.callbacks.EarlyStopping(monitor="loss", patience=8, min_delta=1e-5)
    return model.fit(x, y, epochs=120, batch_size=25, callbacks=[stop], verbose=0)


def coefficients(model):
    numbers = [np.ravel(weight) for weight in model.get_weights()]
    return numbers[0], numbers[1].item()


def predict(model, x):
    return np.concatenate([np.ravel(model.predict_on_batch(part)) for part in np.array_split(x, 4)])
