# loses: nothing
# why: Weights of the model's own, x @ w + b in call; the coefficients are measured by predicting zeros and unit rows.
import keras
import numpy as np


class Line(keras.Model):
    def __init__(self, n_features):
        super().__init__()
        self.w = self.add_weight(shape=(n_features, 1), initializer="random_normal", name="w")
        self.b = self.add_weight(shape=(1,), initializer="zeros", name="b")

    def call(self, x):
        return x @ self.w + self.b


def build_model(n_features):
    model = Line(n_features)
    model.n_features = n_features
    model.compile(optimizer=keras.optimizers.Adam(0.03), loss="mae")
    return model


def train(model, x, y):
    return model.fit(x, y, epochs=80, batch_size=64, verbose=0)


def coefficients(model):
    n = model.n_features
    b = predict(model, np.zeros((1, n)))[0]
    w = predict(model, np.eye(n)) - b
    return np.round(w, 2), round(float(b), 2)


def predict(model, x):
    return np.squeeze(np.asarray(model(np.asarray(x, dtype="float32"))), axis=1)
