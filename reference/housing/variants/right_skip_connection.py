# loses: nothing
# why: The inputs go around the hidden layers as well, swish, a schedule of learning rates, a target standardised by sklearn.
import keras
import matplotlib.pyplot as plt
import numpy as np
from sklearn.metrics import mean_absolute_error, r2_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def prepare(x_train, x_test, y_train, y_test):
    features = make_pipeline(StandardScaler())
    target = StandardScaler()
    y_train = target.fit_transform(np.reshape(y_train, (-1, 1)))[:, 0]
    y_test = target.transform(np.reshape(y_test, (-1, 1)))[:, 0]
    return features.fit_transform(x_train), features.transform(x_test), y_train, y_test


def build_model():
    inputs = keras.Input(shape=(8,), name="district")
    x = keras.layers.Dense(24, activation="swish")(inputs)
    x = keras.layers.Dropout(0.05)(x)
    x = keras.layers.Dense(16, activation="swish")(x)
    x = keras.layers.Dropout(0.05)(x)
    x = keras.layers.Concatenate()([inputs, x])
    price = keras.layers.Dense(1, name="price")(x)
    model = keras.Model(inputs, price)
    rate = keras.optimizers.schedules.CosineDecay(0.02, decay_steps=1000)
    model.compile(optimizer=keras.optimizers.Adam(rate), loss="mse")
    return model


def train(model, x_train, y_train, x_val, y_val):
    return model.fit(x_train, y_train, epochs=30, batch_size=64, verbose=0, validation_data=(x_val, y_val))


def scores(model, x, y):
    p = model(np.asarray(x, dtype="float32"), training=False).numpy().squeeze(-1)
    return dict(r2=r2_score(y, p), mae=mean_absolute_error(y, p))


def residual_plot(model, x, y):
    p = model.predict(x, verbose=0).squeeze()
    fig, ax = plt.subplots()
    ax.plot(p, np.asarray(y) - p, ".", markersize=3)
    ax.plot([p.min(), p.max()], [0, 0], "r-")
    ax.set_xlabel("predicted value")
    ax.set_ylabel("what is left")
    return fig
