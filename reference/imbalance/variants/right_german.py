# loses: nothing
# why: German names, a subclassed network, tf in place of NumPy, weights as a list.

import tensorflow as tf
from tensorflow import keras
import numpy as np


def class_weights(y):
    marken, _, anzahlen = tf.unique_with_counts(tf.reshape(tf.convert_to_tensor(y), [-1]))
    groesste = tf.reduce_max(anzahlen)
    return {int(marke): float(groesste / anzahl) for marke, anzahl in zip(marken, anzahlen)}


def _ziehe(x, y, seed, ziel, mit_allen):
    zufall = np.random.RandomState(seed)
    nummern = []
    for marke in sorted(set(np.asarray(y).tolist())):
        eigene = np.nonzero(np.asarray(y) == marke)[0]
        if mit_allen:
            nummern.extend(eigene)
            nummern.extend(zufall.choice(eigene, size=ziel - len(eigene), replace=True))
        else:
            zufall.shuffle(eigene)
            nummern.extend(eigene[:ziel])
    return tf.gather(x, nummern), tf.gather(y, nummern)


def undersample(x, y, seed):
    return _ziehe(x, y, seed, min(np.bincount(y)[np.bincount(y) > 0]), False)


def oversample(x, y, seed):
    return _ziehe(x, y, seed, max(np.bincount(y)), True)


class Netz(keras.Model):
    def __init__(self):
        super().__init__()
        self.verdeckt = keras.layers.Dense(16, activation="relu")
        self.ausgang = keras.layers.Dense(3, activation="softmax")

    def call(self, x):
        return self.ausgang(self.verdeckt(x))


def build_model():
    netz = Netz()
    netz.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    netz.build((None, 6))
    return netz


def train_weighted(netz, x, y):
    abbruch = keras.callbacks.EarlyStopping(monitor="loss", patience=5)
    return netz.fit(x, y, class_weight=class_weights(y), epochs=40, batch_size=64, callbacks=[abbruch], verbose=0)


def should_rebalance(situation):
    match situation:
        case "rainy_days" | "all_mails":
            return False
        case _:
            return True
