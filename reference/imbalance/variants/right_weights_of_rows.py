# loses: nothing
# why: A weight for each row instead of each class, a subclassed network, shuffled indices in plain loops.

import random

import keras
import numpy as np


def class_weights(y):
    counts = {}
    for label in np.asarray(y).tolist():
        counts[label] = counts.get(label, 0) + 1
    most = max(counts.values())
    return {label: most / count for label, count in sorted(counts.items())}


def _rows_by_label(y):
    rows = {}
    for row, label in enumerate(np.asarray(y).tolist()):
        rows.setdefault(label, []).append(row)
    return rows


def undersample(x, y, seed):
    dice = random.Random(seed)
    rows = _rows_by_label(y)
    least = min(map(len, rows.values()))
    chosen = [row for own in rows.values() for row in dice.sample(own, least)]
    dice.shuffle(chosen)
    return np.asarray(x)[chosen], np.asarray(y)[chosen]


def oversample(x, y, seed):
    dice = random.Random(seed)
    rows = _rows_by_label(y)
    most = max(map(len, rows.values()))
    chosen = []
    for own in rows.values():
        chosen += own + dice.choices(own, k=most - len(own))
    dice.shuffle(chosen)
    return np.asarray(x)[chosen], np.asarray(y)[chosen]


class Small(keras.Model):
    def __init__(self):
        super().__init__()
        self.hidden = keras.layers.Dense(12, activation="tanh")
        self.out = keras.layers.Dense(3, activation="softmax")

    def call(self, x):
        return self.out(self.hidden(x))


def build_model():
    model = Small()
    model.build((None, 6))
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss=keras.losses.SparseCategoricalCrossentropy())
    return model


def train_weighted(model, x_train, y_train):
    weights = class_weights(y_train)
    of_rows = np.array([weights[int(label)] for label in y_train])
    return model.fit(x_train, y_train, sample_weight=of_rows, epochs=20, batch_size=64, verbose=0)


def should_rebalance(situation):
    return situation in ("web_search", "staged_photos")
