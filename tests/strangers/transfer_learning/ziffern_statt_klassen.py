import keras
import numpy as np
from keras import layers


def build_model(base):
    base.trainable = False
    eingabe = keras.Input((16, 16, 1))
    merkmale = base(eingabe)
    flach = layers.Flatten()(merkmale)
    ausgabe = layers.Dense(5, activation="softmax")(flach)
    modell = keras.Model(eingabe, ausgabe)
    modell.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return modell


def train(model, x_train, y_train, x_val, y_val):
    # die Ziffern 5 bis 9 werden die Klassen 0 bis 4
    verlauf = model.fit(x_train, y_train - 5, epochs=20, validation_data=(x_val, y_val - 5), verbose=0)
    return verlauf


def count_parameters(model):
    fest = 0
    lernt = 0
    for schicht in model.layers:
        anzahl = sum(w.size for w in schicht.get_weights())
        if schicht.trainable:
            lernt = lernt + anzahl
        else:
            fest = fest + anzahl
    return fest, lernt
