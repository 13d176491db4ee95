import keras
import numpy as np
from keras import layers


class Neuron(keras.Model):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.sum = layers.Dense(1, kernel_initializer="zeros")
        self.squash = layers.Activation("sigmoid")

    def call(self, x, training=None, mask=None):
        return self.squash(self.sum(x))


def build_model(n_features):
    neuron = Neuron(name="neuron")
    neuron(np.zeros((1, n_features)))
    neuron.compile("nadam", keras.losses.BinaryCrossentropy(), metrics=[keras.metrics.BinaryAccuracy(), keras.metrics.AUC()])
    neuron.optimizer.learning_rate = 0.05
    return neuron


def train(model, x, y):
    return model.fit(x, y.astype("float32")[:, None], epochs=40, batch_size=32, verbose=0)


def predict_label(model, x, threshold=0.5):
    labels = []
    for p in model.predict(x, verbose=0):
        labels.append(1 if p[0] > threshold else 0)
    return labels


def decision_boundary(model):
    low, high = -20.0, 20.0
    falls = model(np.array([[low]]))[0, 0] > 0.5
    for _ in range(40):
        middle = (low + high) / 2
        if (model(np.array([[middle]]))[0, 0] > 0.5) == falls:
            low = middle
        else:
            high = middle
    return middle
