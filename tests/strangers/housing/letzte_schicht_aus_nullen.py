"""Richtig: die letzte Schicht beginnt bei null, neben ihrem Mittelwert; PReLU, pandas, Residuen mit Histogramm."""

import keras
import numpy as np
import matplotlib.pyplot as plt
from matplotlib import gridspec
import pandas as pd
from sklearn.preprocessing import StandardScaler, MinMaxScaler
from sklearn.metrics import r2_score, mean_absolute_error


def prepare(x_train, x_test, y_train, y_test):
    sc = StandardScaler()
    a = pd.DataFrame(sc.fit_transform(pd.DataFrame(x_train)))
    b = pd.DataFrame(sc.transform(pd.DataFrame(x_test)))
    ys = MinMaxScaler().fit(y_train.reshape(-1, 1))
    return a, b, ys.transform(y_train.reshape(-1, 1)), ys.transform(y_test.reshape(-1, 1))


def build_model():
    """Ausgabe beginnt bei dem ungefaehren Mittelwert."""
    inp = keras.layers.Input((8,), name="bezirk")
    h = keras.layers.Dense(64, kernel_initializer="he_normal")(inp)
    h = keras.layers.LeakyReLU(0.1)(h)
    h = keras.layers.Dropout(0.05)(h)
    h = keras.layers.Dense(32, kernel_initializer="he_normal")(h)
    h = keras.layers.PReLU()(h)
    h = keras.layers.Dropout(0.05)(h)
    out = keras.layers.Dense(1, kernel_initializer="zeros", bias_initializer=keras.initializers.Constant(2.07))(h)
    model = keras.Model(inp, out)
    model.compile(keras.optimizers.Adam(0.01, clipnorm=1.0), keras.losses.Huber(), metrics=[keras.metrics.RootMeanSquaredError(), keras.metrics.R2Score()])
    return model


def train(model, x_train, y_train, x_val, y_val):
    cb = [keras.callbacks.EarlyStopping(patience=8, restore_best_weights=True),
          keras.callbacks.ReduceLROnPlateau(patience=3, factor=0.5)]
    return model.fit(x_train.astype("float32"), y_train.reshape(-1, 1), epochs=100, batch_size=50,
                     validation_data=(x_val.astype("float32"), y_val.reshape(-1, 1)), callbacks=cb, verbose=2,
                     validation_batch_size=400)


def scores(model, x, y):
    p = model(x).numpy().squeeze()
    return dict(r2=round(r2_score(y, p), 4), mae=round(mean_absolute_error(y, p), 4))


def residual_plot(model, x, y):
    p = model.predict(x).flatten()
    r = y - p
    plt.style.use("ggplot")
    fig = plt.figure(figsize=(10, 4), constrained_layout=True)
    gs = gridspec.GridSpec(1, 2, width_ratios=[4, 1], figure=fig)
    ax = fig.add_subplot(gs[0])
    ax.plot(p, r, "o", ms=2, alpha=0.3)
    ax.hlines(0, p.min(), p.max(), colors="k", linestyles="--")
    ax.set(xlabel="Vorhersage", ylabel="Residuum", title="Residuen")
    axh = fig.add_subplot(gs[1], sharey=ax)
    axh.hist(r, bins=30, orientation="horizontal")
    axh.tick_params(labelleft=False)
    return fig
