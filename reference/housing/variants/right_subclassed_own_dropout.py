# loses: nothing
# why: A class with a mask of its own for dropout; residuals as prediction minus value, sorted; mae.
import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from sklearn.metrics import r2_score
from sklearn.preprocessing import StandardScaler


def prepare(x_train, x_test, y_train, y_test):
    scaler, target = StandardScaler(), StandardScaler()
    x_train, x_test = scaler.fit_transform(x_train), scaler.transform(x_test)
    y_train = target.fit_transform(np.asarray(y_train).reshape(-1, 1))
    return x_train, x_test, y_train, target.transform(np.asarray(y_test).reshape(-1, 1))


class Prices(keras.Model):
    def __init__(self):
        super().__init__()
        self.one = keras.layers.Dense(64, activation="relu")
        self.two = keras.layers.Dense(64, activation="relu")
        self.out = keras.layers.Dense(1)

    def drop(self, x, training):
        if not training:
            return x
        keep = tf.cast(tf.random.uniform(tf.shape(x)) >= 0.2, x.dtype)
        return x * keep / 0.8

    def call(self, x, training=False):
        x = self.drop(self.one(x), training)
        return self.out(self.drop(self.two(x), training))


def build_model():
    model = Prices()
    model.compile(optimizer=keras.optimizers.Adam(0.003), loss="mae")
    return model


def train(model, x_train, y_train, x_val, y_val):
    return model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=30, batch_size=32, verbose=0)


def scores(model, x, y):
    predicted = np.squeeze(np.asarray(model(x)))
    return dict(r2=r2_score(y, predicted), mae=np.mean(np.abs(predicted - y)))


def residual_plot(model, x, y):
    predicted = np.squeeze(np.asarray(model(x)))
    order = np.argsort(predicted)
    figure, axes = plt.subplots()
    axes.plot([predicted.min(), predicted.max()], [0, 0], "--")
    axes.scatter(predicted[order], (predicted - y)[order])
    axes.set(xlabel="predicted", ylabel="predicted - true", title="Residuals")
    return figure
