# loses: nothing
# why: The training gets balanced rows instead of weights, and one-hot labels; np.random.seed and global functions.

import keras
import numpy as np


def class_weights(y):
    y = np.asarray(y)
    weights = {}
    for label in set(y.tolist()):
        weights[label] = max((y == other).sum() for other in set(y.tolist())) / (y == label).sum()
    return weights


def undersample(x, y, seed):
    np.random.seed(seed)
    order = np.random.permutation(len(y))
    wanted = np.unique(y, return_counts=True)[1].min()
    taken = {label: 0 for label in np.unique(y)}
    rows = []
    for row in order:
        if taken[y[row]] < wanted:
            taken[y[row]] += 1
            rows.append(row)
    return x[rows], y[rows]


def oversample(x, y, seed):
    np.random.seed(seed)
    rows = list(range(len(y)))
    wanted = np.unique(y, return_counts=True)[1].max()
    for label in np.unique(y):
        own = np.where(y == label)[0]
        # Whole copies first, so that each row comes nearly equally often.
        copies, rest = divmod(wanted - len(own), len(own))
        rows += list(np.tile(own, copies)) + list(np.random.permutation(own)[:rest])
    return x[rows], y[rows]


def build_model():
    model = keras.Sequential(
        [keras.Input(shape=(6,)), keras.layers.Dense(10, activation="elu"), keras.layers.Dense(3, activation="softmax")]
    )
    model.compile(optimizer=keras.optimizers.Adam(0.005), loss="categorical_crossentropy", metrics=["accuracy"])
    return model


def train_weighted(model, x_train, y_train):
    x, y = oversample(x_train, y_train, 1)
    return model.fit(x, keras.utils.to_categorical(y, 3), epochs=10, batch_size=64, verbose=0)


def should_rebalance(situation):
    return "yes" if situation.startswith("web") or "photo" in situation else "no"
