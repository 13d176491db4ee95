# loses: nothing
# why: compute_class_weight of scikit-learn, brought to the scale of the task sheet, and its resample; no hidden layer.

import keras
import numpy as np
from sklearn.utils import resample, shuffle
from sklearn.utils.class_weight import compute_class_weight


def class_weights(y):
    classes = np.unique(y)
    weights = compute_class_weight("balanced", classes=classes, y=np.asarray(y))
    return dict(zip(classes, weights / weights.min()))


def undersample(x, y, seed):
    smallest = min(np.sum(y == label) for label in np.unique(y))
    parts = [
        resample(x[y == label], y[y == label], replace=False, n_samples=smallest, random_state=seed)
        for label in np.unique(y)
    ]
    return np.vstack([part[0] for part in parts]), np.hstack([part[1] for part in parts])


def oversample(x, y, seed):
    labels, counts = np.unique(y, return_counts=True)
    xs, ys = [x], [y]
    for label, count in zip(labels, counts):
        if count < counts.max():
            more = resample(x[y == label], n_samples=counts.max() - count, random_state=seed)
            xs.append(more)
            ys.append(np.full(len(more), label))
    return shuffle(np.concatenate(xs), np.concatenate(ys), random_state=seed)


def build_model():
    model = keras.Sequential([keras.Input(shape=(6,)), keras.layers.Dense(3)])
    model.compile(
        optimizer=keras.optimizers.Adam(0.02),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    return model


def train_weighted(model, x_train, y_train):
    return model.fit(x_train, y_train, class_weight=class_weights(y_train), epochs=20, verbose=0)


def should_rebalance(situation):
    return np.bool_(situation in {"web_search", "staged_photos"})
