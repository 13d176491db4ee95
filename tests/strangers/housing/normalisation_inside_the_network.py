from functools import partial

import keras
import matplotlib.pyplot as plt
import numpy as np

Hidden = partial(keras.layers.Dense, activation=keras.layers.LeakyReLU(negative_slope=0.1), kernel_regularizer=keras.regularizers.L2(1e-5))
normalise = None


class MonteCarloFree(keras.layers.Dropout):
    """A dropout that reports its rate"""

    def get_config(self):
        return super().get_config() | {"note": "off at inference"}


def prepare(x_train, x_test, y_train, y_test):
    both = []
    centre = np.nanmean(x_train, 0)
    scale = np.sqrt(((x_train - centre) ** 2).mean(0))
    for part in (x_train, x_test):
        both.append(np.nan_to_num((part - centre) / np.maximum(scale, 1e-12)))
    return tuple(both) + (np.log1p(y_train), np.log1p(y_test))


def build_model():
    model = keras.Sequential()
    model.add(keras.Input(shape=[8]))
    model.add(keras.layers.Normalization())
    model.add(Hidden(30))
    model.add(MonteCarloFree(0.05))
    model.add(Hidden(15))
    model.add(keras.layers.Dense(1, bias_initializer=keras.initializers.Constant(2.0)))
    model.compile(loss=keras.losses.mean_absolute_error, optimizer=keras.optimizers.RMSprop(5e-3))
    return model


def train(model, x_train, y_train, x_val, y_val):
    model.layers[0].adapt(x_train)
    first = model.fit(x_train, y_train, epochs=25, validation_data=(x_val, y_val), verbose=0)
    model.optimizer.learning_rate = 1e-3
    second = model.fit(x_train, y_train, epochs=35, initial_epoch=25, validation_data=(x_val, y_val), verbose=0)
    for k in first.history:
        second.history[k] = first.history[k] + second.history[k]
    return second


def scores(model, x, y):
    error = y - model.predict(x, batch_size=1000, verbose=0).T[0]
    total = float(((y - y.mean()) ** 2).sum())
    return {"r2": float(1 - (error @ error) / total), "mae": float(abs(error).mean())}


def residual_plot(model, x, y):
    predicted = model.predict(x, verbose=0).T[0]
    plt.clf()
    plt.title("What is left")
    plt.axhline(y=0.0, color="grey", linestyle=":")
    plt.plot(predicted, y - predicted, linestyle="none", marker="+")
    plt.xlabel("Prediction [100,000 $]")
    plt.ylabel("Residual [100,000 $]")
    plt.tight_layout()
    plt.show()
    return plt.gcf()
