# loses: nothing
# why: Counter, loops and lists; a loop over epochs is not needed, the weights go row by row into sample_weight.

import random
from collections import Counter

import keras
import numpy as np


def class_weights(y):
    counts = Counter(int(label) for label in y)
    most = max(counts.values())
    weights = {}
    for label in counts:
        weights[label] = most / counts[label]
    return weights


def _numbers(y):
    by_label = {}
    for number, label in enumerate(y):
        by_label.setdefault(int(label), []).append(number)
    return by_label


def undersample(x, y, seed):
    generator = random.Random(seed)
    by_label = _numbers(y)
    least = min(len(numbers) for numbers in by_label.values())
    chosen = []
    for numbers in by_label.values():
        chosen += generator.sample(numbers, least)
    generator.shuffle(chosen)
    return [x[i] for i in chosen], [int(y[i]) for i in chosen]


def oversample(x, y, seed):
    generator = random.Random(seed)
    by_label = _numbers(y)
    most = max(len(numbers) for numbers in by_label.values())
    chosen = []
    for numbers in by_label.values():
        chosen += numbers + generator.choices(numbers, k=most - len(numbers))
    return [x[i] for i in chosen], [int(y[i]) for i in chosen]


def build_model():
    model = keras.Sequential()
    model.add(keras.layers.Input((6,)))
    model.add(keras.layers.Dense(12, activation="tanh"))
    model.add(keras.layers.Dense(3))
    model.add(keras.layers.Softmax())
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(), metrics=["acc"])
    return model


def train_weighted(model, x_train, y_train):
    weights = class_weights(y_train)
    rows = np.array([weights[int(label)] for label in y_train])
    return model.fit(x_train, y_train, sample_weight=rows / rows.mean(), epochs=30, batch_size=32, verbose=0)


def should_rebalance(situation):
    if situation in ("web_search", "staged_photos"):
        return True
    return False
