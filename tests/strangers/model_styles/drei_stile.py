# Drei Arten, ein Netz zu schreiben
import numpy as np
import tensorflow as tf
from tensorflow.keras import Input, Model, Sequential
from tensorflow.keras.layers import Activation, Dense

BREITE = 40
LERNRATE = 0.01


def uebersetzen(modell):
    modell.compile(optimizer=tf.keras.optimizers.Adam(LERNRATE), loss=tf.keras.losses.MeanSquaredError())
    return modell


def build_sequential(n_features):
    return uebersetzen(Sequential([
        Input((n_features,)), Dense(BREITE), Activation("tanh"), Dense(BREITE), Activation("tanh"), Dense(1, "linear"),
    ]))


def build_functional(n_features):
    eingabe = Input((n_features,), name="eingabe")
    versteckt = Activation("tanh")(Dense(BREITE)(eingabe))
    versteckt = Activation("tanh")(Dense(BREITE)(versteckt))
    ausgabe = Dense(1, activation="linear", name="ausgabe")(versteckt)
    return uebersetzen(Model(eingabe, ausgabe))


class Netz(Model):
    def __init__(self, breite=BREITE):
        super(Netz, self).__init__()
        self.schichten = [Dense(breite), Dense(breite)]
        self.ausgabe = Dense(1)

    def call(self, x, training=False):
        for schicht in self.schichten:
            x = tf.nn.tanh(schicht(x))
        return self.ausgabe(x)


def build_subclassed(n_features):
    netz = Netz()
    netz(tf.zeros((1, n_features)))
    return uebersetzen(netz)


def train(model, x, y, x_val, y_val):
    geduld = tf.keras.callbacks.EarlyStopping(patience=6, restore_best_weights=True)
    return model.fit(x, y, validation_data=(x_val, y_val), epochs=15, batch_size=32, callbacks=[geduld], verbose=0)


def scores(model, x, y):
    fehler = y - model.predict(x, verbose=0).flatten()
    rest, gesamt = np.sum(np.square(fehler)), np.sum(np.square(y - y.mean()))
    return {"r2": float(1 - rest / gesamt), "mae": float(np.abs(fehler).mean())}


STYLE_FACTS = {
    "one_after_another": ("sequential",), "easiest_overview": ("sequential",),
    "branches": ("functional", "subclassed"), "threaded_by_hand": ("subclassed", "functional"),
    "own_layers": ("sequential", "functional", "subclassed"), "conditions_and_loops": ("subclassed",),
    "class_of_its_own": ("subclassed",), "shapes_known_at_once": ("functional", "sequential"),
    "compile_and_fit": ("subclassed", "functional", "sequential"),
}
