import keras
import numpy as np


def build_model(n_features):
    model = keras.Sequential([keras.Input((n_features,)), keras.layers.Dense(1, activation="sigmoid")])
    model.compile(optimizer=keras.optimizers.Adam(0.05), loss="binary_crossentropy", metrics=["accuracy"])
    return model


def train(model, x, y):
    return model.fit(x, y, epochs=40, verbose=0)


def predict_label(model, x, threshold=0.5):
    return np.array([int(p > threshold) for p in model.predict(x, verbose=0).ravel()])


def decision_boundary(model):
    weights, bias = model.layers[0].get_weights()
    return float(-bias / weights)
