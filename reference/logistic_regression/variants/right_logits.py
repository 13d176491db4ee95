# loses: nothing
# why: A linear output with from_logits=True; the sigmoid comes in predict_label.
import keras
import numpy as np


def build_model(n_features):
    model = keras.Sequential([keras.layers.Input((n_features,)), keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.Adam(0.02), loss=keras.losses.BinaryCrossentropy(from_logits=True))
    return model


def train(model, x, y):
    return model.fit(x, y, epochs=60, verbose=0)


def predict_label(model, x, threshold=0.5):
    logits = model.predict(x, verbose=0).squeeze(axis=1)
    return (logits > np.log(threshold / (1 - threshold))).astype("int32")


def decision_boundary(model):
    dense = model.layers[0]
    return -dense.bias.numpy() / dense.kernel.numpy()[:, 0]
