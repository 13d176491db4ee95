import keras
import numpy as np
from keras import ops


class SmoothedSparse(keras.losses.Loss):
    """Cross-entropy for integers that asks for 90 % only."""

    def __init__(self, classes=3, smoothing=0.1, name="smoothed"):
        super().__init__(name=name)
        self.classes, self.smoothing = classes, smoothing

    def call(self, y_true, y_pred):
        hot = ops.one_hot(ops.cast(ops.reshape(y_true, (-1,)), "int32"), self.classes)
        hot = hot * (1 - self.smoothing) + self.smoothing / self.classes
        return -ops.sum(hot * ops.log(ops.clip(y_pred, 1e-7, 1.0)), axis=-1)


def build_model():
    model = keras.Sequential([keras.Input((13,)), keras.layers.Dense(16, "relu"), keras.layers.Dense(3, "softmax")])
    model.compile("adam", SmoothedSparse(), metrics=["accuracy"])
    return model


def train(model, x_train, y_train, x_val, y_val):
    return model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=50, batch_size=8, verbose=0)


def prepare(x_train, x_test):
    x_train, x_test = np.array(x_train, float), np.array(x_test, float)
    for column in range(x_train.shape[1]):
        mean, std = x_train[:, column].mean(), x_train[:, column].std()
        for part in (x_train, x_test):
            part[:, column] = (part[:, column] - mean) / (std or 1)
    return x_train, x_test


def evaluate(model, x, y):
    hits = [[], [], []]
    for label, p in zip(y, model(x).numpy()):
        hits[label].append(p.argmax() == label)
    return {"accuracy": sum(map(sum, hits)) / len(y), "recall": [sum(h) / len(h) if h else float("nan") for h in hits]}
