import keras
import numpy as np
from sklearn.utils import class_weight


def class_weights(y):
    weights = class_weight.compute_class_weight("balanced", classes=np.unique(y), y=y)
    return dict(enumerate(weights))


def undersample(x, y, seed):
    np.random.seed(42)
    n = min(np.bincount(y))
    idx = []
    for c in range(3):
        idx.extend(np.random.choice(np.where(y == c)[0], n, replace=True))
    return x[idx], y[idx]


def oversample(x, y, seed):
    np.random.seed(42)
    n = max(np.bincount(y))
    idx = []
    for c in range(3):
        idx.extend(np.random.choice(np.where(y == c)[0], n, replace=True))
    return x[idx], y[idx]


def build_model():
    model = keras.Sequential()
    model.add(keras.layers.Input((6,)))
    model.add(keras.layers.Dense(16, activation="relu"))
    model.add(keras.layers.Dense(1, activation="sigmoid"))
    model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
    return model


def train_weighted(model, x_train, y_train):
    return model.fit(x_train, y_train, epochs=20, class_weight={0: 1, 1: 15.7, 2: 1.73})


def should_rebalance(situation):
    # imbalanced data must always be balanced
    return True
