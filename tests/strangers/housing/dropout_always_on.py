import keras
import numpy as np
import matplotlib.pyplot as plt
from sklearn.preprocessing import StandardScaler
from sklearn.metrics import r2_score


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.a = keras.layers.Dense(16)
        self.b = keras.layers.Dense(16)
        self.drop = keras.layers.Dropout(0.2)
        self.c = keras.layers.Dense(1)

    def call(self, x):
        x = self.drop(self.a(x), training=True)
        x = self.drop(self.b(x), training=True)
        return self.c(x)


def prepare(x_train, x_test, y_train, y_test):
    scaler = StandardScaler()
    scaler.fit(np.concatenate([x_train, x_test]))
    return scaler.transform(x_train), scaler.transform(x_test), y_train, y_test


def build_model():
    net = Net()
    net.compile(optimizer="adam", loss="mse", metrics=["mae"])
    return net


def train(model, x_train, y_train, x_val, y_val):
    history = model.fit(x_train, y_train, epochs=40, batch_size=16, validation_data=(x_val, y_val), verbose=0)
    return history


def scores(model, x, y):
    p = model.predict(x)
    mae = sum(y - p[:, 0]) / len(y)
    return {"R2": r2_score(p, y), "MAE": mae}


def residual_plot(model, x, y):
    p = model.predict(x)[:, 0]
    plt.figure()
    plt.scatter(p, p - y)
    plt.axhline(0)
    plt.title("residuals")
    plt.show()
