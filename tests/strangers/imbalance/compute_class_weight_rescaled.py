import keras
import numpy as np
from sklearn.utils import compute_class_weight, compute_sample_weight, resample, shuffle


def class_weights(y):
    classes = np.unique(y)
    w = compute_class_weight(class_weight="balanced", classes=classes, y=np.asarray(y))
    return dict(zip(classes, w / w.min()))


def _resample(x, y, seed, pick, **kwargs):
    x, y = np.asarray(x), np.asarray(y)
    sizes = {c: int((y == c).sum()) for c in set(y.tolist())}
    n = pick(sizes.values())
    xs, ys = [], []
    for c in sorted(sizes):
        xc, yc = x[y == c], y[y == c]
        if kwargs["replace"]:
            extra = n - len(xc)
            if extra:
                xe, ye = resample(xc, yc, n_samples=extra, replace=True, random_state=seed + int(c))
                xc, yc = np.vstack([xc, xe]), np.hstack([yc, ye])
        else:
            xc, yc = resample(xc, yc, n_samples=n, replace=False, random_state=seed + int(c))
        xs.append(xc)
        ys.append(yc)
    return shuffle(np.concatenate(xs), np.concatenate(ys), random_state=seed)


def undersample(x, y, seed):
    return _resample(x, y, seed, min, replace=False)


def oversample(x, y, seed):
    return _resample(x, y, seed, max, replace=True)


def build_model():
    model = keras.Sequential([
        keras.layers.Dense(24, activation="relu", input_shape=(6,)),
        keras.layers.Dropout(0.1),
        keras.layers.Dense(3, activation="softmax"),
    ])
    model.compile(loss="sparse_categorical_crossentropy", optimizer=keras.optimizers.Adam(0.005), weighted_metrics=["accuracy"])
    return model


def train_weighted(model, x_train, y_train):
    sw = compute_sample_weight("balanced", y_train)
    return model.fit(x_train, y_train, sample_weight=sw, epochs=20, batch_size=32, verbose=0)


def should_rebalance(situation):
    return situation.startswith(("web", "staged"))
