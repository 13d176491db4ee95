import keras
import tensorflow as tf
import numpy as np
from keras import layers


def class_weights(y):
    labels, n = np.unique(y, return_counts=True)
    return {int(a): float(n.max() / b) for a, b in zip(labels, n)}


def _shuffled(rows, seed):
    return np.array(list(tf.data.Dataset.from_tensor_slices(rows).shuffle(len(rows), seed=seed, reshuffle_each_iteration=False).as_numpy_iterator()))


def undersample(x, y, seed):
    k = np.unique(y, return_counts=True)[1].min()
    ix = np.concatenate([_shuffled(np.flatnonzero(y == c), seed)[:k] for c in np.unique(y)])
    return x[ix], y[ix]


def oversample(x, y, seed):
    k = np.unique(y, return_counts=True)[1].max()
    ix = []
    for c in np.unique(y):
        rows = np.flatnonzero(y == c)
        extra = tf.random.stateless_uniform([k - len(rows)], seed=[seed, c], maxval=len(rows), dtype=tf.int32).numpy()
        ix.append(np.concatenate([rows, rows[extra]]))
    ix = np.concatenate(ix)
    return x[ix], y[ix]


def build_model():
    m = keras.Sequential([layers.Input((6,)), layers.Dense(32, activation="relu"), layers.Dense(3, activation="softmax")])
    m.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return m


def train_weighted(model, x_train, y_train):
    return model.fit(x_train, y_train, class_weight=class_weights(y_train), epochs=30, verbose=0)


def should_rebalance(situation):
    return situation in ("web_search", "staged_photos")
