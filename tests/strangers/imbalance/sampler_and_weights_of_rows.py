import collections
import keras
import numpy as np
import pandas as pd
from sklearn.utils import resample

def class_weights(y):
    zahl = pd.Series(np.asarray(y)).value_counts()
    return (zahl.max() / zahl).to_dict()

def undersample(x, y, seed):
    idx = []
    n = min(collections.Counter(np.asarray(y).tolist()).values())
    for c in np.unique(y):
        idx.extend(resample(np.where(y == c)[0], replace=False, n_samples=n, random_state=seed))
    return x[idx], y[idx]

def oversample(x, y, seed):
    rng = np.random.RandomState(seed)
    y = np.asarray(y)
    n = np.bincount(y).max()
    idx = np.arange(len(y))
    for c in np.unique(y):
        cur = np.where(y == c)[0]
        reps, rest = divmod(n, len(cur))
        more = np.concatenate([np.repeat(cur, reps - 1), rng.permutation(cur)[:rest]])
        idx = np.concatenate([idx, more.astype(int)])
    rng.shuffle(idx)
    return x[idx], y[idx]

class FocalLoss(keras.losses.Loss):
    def __init__(self, gamma=1.0, name="focal"):
        super().__init__(name=name)
        self.gamma = gamma
    def call(self, y_true, y_pred):
        p = keras.ops.take_along_axis(y_pred, keras.ops.reshape(keras.ops.cast(y_true, "int32"), (-1, 1)), axis=-1)
        p = keras.ops.clip(p, 1e-7, 1.0)
        return -keras.ops.squeeze((1 - p) ** self.gamma * keras.ops.log(p), -1)

def build_model():
    model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(16, "relu"), keras.layers.Dense(3, "softmax")])
    model.compile(keras.optimizers.Adam(0.005), loss=FocalLoss(), metrics=["accuracy"])
    return model

def train_weighted(model, x_train, y_train):
    w = np.vectorize(class_weights(y_train).get)(y_train)
    return model.fit(x_train, y_train, sample_weight=w, epochs=30, batch_size=64, validation_split=0.1, verbose=0)

def should_rebalance(situation: str) -> bool:
    match situation:
        case "rainy_days" | "all_mails":
            return False
        case _:
            return True
