# loses: nothing
# why: A Normalization layer stands in front; w and b are those of the Dense layer behind it.
import numpy as np
from tensorflow import keras


def build_model(n_features):
    normalization = keras.layers.Normalization(mean=[0.0] * n_features, variance=[1.0] * n_features)
    model = keras.models.Sequential()
    model.add(keras.Input(shape=(n_features,)))
    model.add(normalization)
    model.add(keras.layers.Dense(1, use_bias=True, kernel_initializer="zeros"))
    model.compile("rmsprop", loss=keras.losses.MeanSquaredError(), metrics=[keras.metrics.MeanAbsoluteError()])
    model.optimizer.learning_rate = 0.01
    return model


def train(model, x, y):
    stop = keras.callbacks.EarlyStopping(monitor="loss", patience=15, restore_best_weights=True)
    return model.fit(np.array(x), np.array(y), epochs=120, batch_size=32, callbacks=[stop], verbose=0)


def coefficients(model):
    kernel, bias = model.layers[-1].get_weights()
    return kernel, bias


def predict(model, x):
    return [float(row[0]) for row in model.predict(x, verbose=0)]
