# Lineare Regression mit einem Neuron, Aufgabe 3
import keras as ke
import numpy as np

LERNRATE = 0.05
EPOCHEN = 60


def netz(anzahl_merkmale):
    eingang = ke.Input(shape=(anzahl_merkmale,), name="merkmale")
    ausgang = ke.layers.Dense(1, activation=None, name="gerade")(eingang)
    return ke.Model(eingang, ausgang)


def build_model(n_features):
    modell = netz(n_features)
    modell.compile(optimizer=ke.optimizers.Adam(LERNRATE), loss=ke.losses.Huber(delta=5.0), metrics=["mae"])
    return modell


def train(model, x, y):
    protokoll = model.fit(x, y, epochs=EPOCHEN, batch_size=25, verbose=0)
    print("Verlust am Anfang und am Ende:", protokoll.history["loss"][0], protokoll.history["loss"][-1])
    return protokoll


def coefficients(model):
    gewichte, achsenabschnitt = model.get_layer("gerade").get_weights()
    steigung = gewichte.T[0]
    return steigung, achsenabschnitt


def predict(model, x):
    vorhersage = model.predict(np.atleast_2d(x), verbose=0)
    return vorhersage.squeeze(axis=1)
