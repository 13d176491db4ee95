import keras
import numpy as np


def build_model(n_features):
    model = keras.Sequential([keras.Input((n_features,)), keras.layers.Dense(1, activation="sigmoid")])
    model.compile(optimizer=keras.optimizers.Adam(0.05), loss="binary_focal_crossentropy", metrics=["accuracy", "precision", "recall"])
    return model


def train(model, x, y):
    return model.fit(x, y, epochs=45, verbose=0)


def predict_label(model, x, threshold=0.5):
    return np.greater(model.predict(x, verbose=0), threshold).astype(int).T[0]


def decision_boundary(model):
    slope, shift = model.get_weights()
    return np.roots([slope[0, 0], shift[0]])[0]
