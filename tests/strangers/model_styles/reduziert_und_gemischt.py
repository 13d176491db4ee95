# Schichten mit reduce verbunden, ein Mixin, ein Protokoll von Namen.
from functools import reduce
from itertools import repeat

import keras
import numpy as np
from keras.layers import Dense, Input

BREITE, TIEFE = 32, 2


def schichten():
    return [Dense(BREITE, activation="relu") for _ in repeat(None, TIEFE)] + [Dense(1)]


def uebersetzt(modell):
    modell.compile(optimizer=keras.optimizers.Adam(0.01), loss="mse", metrics=["mae"])
    return modell


def build_sequential(n_features):
    return uebersetzt(keras.Sequential([Input((n_features,)), *schichten()]))


def build_functional(n_features):
    eingang = Input((n_features,))
    return uebersetzt(keras.Model(eingang, reduce(lambda werte, schicht: schicht(werte), schichten(), eingang)))


class Verkettet:
    def call(self, werte):
        return reduce(lambda w, schicht: schicht(w), self.kette, werte)


class Netz(Verkettet, keras.Model):
    def __init__(self, **mehr):
        super().__init__(**mehr)
        self.kette = schichten()


def build_subclassed(n_features):
    netz = Netz(name="unterklasse")
    netz.build((None, n_features))
    return uebersetzt(netz)


def train(model, x, y, x_val, y_val):
    return model.fit(x, y, validation_data=(x_val, y_val), epochs=25, batch_size=32, verbose=0)


def scores(model, x, y):
    gesagt = np.asarray(model(x)).reshape(-1)
    rest, ganzes = np.square(y - gesagt).sum(), np.square(y - np.mean(y)).sum()
    return dict(r2=1 - rest / ganzes, mae=np.abs(y - gesagt).mean())


STYLE_FACTS = dict.fromkeys(
    ["one_after_another", "easiest_overview", "branches", "threaded_by_hand", "own_layers", "conditions_and_loops",
     "class_of_its_own", "shapes_known_at_once", "compile_and_fit"],
    ...,
)
