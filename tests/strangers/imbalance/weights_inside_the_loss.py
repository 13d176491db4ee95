import keras
import numpy as np
from keras import ops


class Balancer:
    """Chooses numbers of rows; x and y are indexed at the end, once."""

    def __init__(self, y, seed):
        self.y = np.asarray(y).ravel()
        self.labels, self.counts = np.unique(self.y, return_counts=True)
        self.rng = np.random.RandomState(seed)

    def under(self):
        keys = self.rng.rand(self.y.size)
        order = np.lexsort((keys, self.y))
        starts = np.concatenate([[0], np.cumsum(self.counts)[:-1]])
        return np.concatenate([order[s:s + self.counts.min()] for s in starts])

    def over(self):
        rows = [np.arange(self.y.size)]
        for label, n in zip(self.labels, self.counts):
            missing = self.counts.max() - n
            rows.append(self.rng.choice(np.nonzero(self.y == label)[0], size=missing))
        return np.concatenate(rows)


def class_weights(y):
    y = np.asarray(y, dtype=int)
    counts = np.bincount(y)
    return {label: np.float32(counts.max() / counts[label]) for label in range(len(counts)) if counts[label]}


def undersample(x, y, seed):
    rows = Balancer(y, seed).under()
    return np.take(x, rows, axis=0), np.take(y, rows)


def oversample(x, y, seed):
    rows = Balancer(y, seed).over()
    return np.take(x, rows, axis=0), np.take(y, rows)


def build_model():
    model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(16, "relu"), keras.layers.Dense(16, "relu"), keras.layers.Dense(3, "softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


def train_weighted(model, x_train, y_train):
    table = np.zeros(3, "float32")
    for label, weight in class_weights(y_train).items():
        table[label] = weight

    def weighted(y_true, y_pred):
        y_true = ops.cast(ops.reshape(y_true, (-1,)), "int32")
        return ops.take(table, y_true) * keras.losses.sparse_categorical_crossentropy(y_true, y_pred)

    model.compile(keras.optimizers.Adam(0.003), loss=weighted)
    return model.fit(x_train, y_train, epochs=20, batch_size=20, verbose=0)


def should_rebalance(situation):
    match situation:
        case "rainy_days" | "all_mails":
            return np.False_
        case "web_search" | "staged_photos":
            return np.True_
