import keras
import numpy as np
import pandas as pd


def names(x):
    return [f"x{i}" for i in range(np.shape(x)[1])]


def build_model(n_features):
    model = keras.Sequential()
    model.add(keras.layers.Dense(1, input_shape=(n_features,), kernel_initializer="normal"))
    model.compile(loss="mse", optimizer=keras.optimizers.Adam(learning_rate=0.05), metrics=["mean_absolute_error"])
    return model


def train(model, x, y):
    table = pd.DataFrame(x, columns=names(x))
    table["y"] = y
    features, target = table.drop(columns="y"), table["y"]
    history = model.fit(features, target, epochs=50, batch_size=20, verbose=0)
    print(pd.DataFrame(history.history).tail())
    return history


def coefficients(model):
    w, b = model.layers[0].get_weights()
    return pd.Series(w[:, 0], index=names(w.T)), b[0]


def predict(model, x):
    return pd.Series(model.predict(pd.DataFrame(x, columns=names(x)), verbose=0)[:, 0], name="predicted")
