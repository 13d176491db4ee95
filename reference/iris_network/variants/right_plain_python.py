# loses: nothing
# why: Lists and loops, number by number, with names in German.

import math

from tensorflow import keras


def build_model():
    modell = keras.models.Sequential()
    modell.add(keras.layers.InputLayer(shape=(4,)))
    modell.add(keras.layers.Dense(8))
    modell.add(keras.layers.Activation("relu"))
    modell.add(keras.layers.Dense(3))
    modell.add(keras.layers.Activation("softmax"))
    modell.compile(optimizer=keras.optimizers.RMSprop(0.01), loss="sparse_categorical_crossentropy", metrics=["acc"])
    return modell


def train(model, x_train, y_train, x_val, y_val):
    verlauf = model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=50, batch_size=8, verbose=0)
    return verlauf


def gewichtete_summe(zeile, gewichte, bias):
    spalten = range(len(bias))
    return [sum(wert * gewichte[i][j] for i, wert in enumerate(zeile)) + bias[j] for j in spalten]


def anteile(zeile):
    potenzen = [math.exp(zahl - max(zeile)) for zahl in zeile]
    return [potenz / sum(potenzen) for potenz in potenzen]


def forward(model, x):
    ergebnis = [x.tolist()]
    for schicht in model.layers:
        vorher = ergebnis[-1]
        if schicht.weights:
            gewichte, bias = [w.tolist() for w in schicht.get_weights()]
            nachher = [gewichtete_summe(zeile, gewichte, bias) for zeile in vorher]
        elif schicht.activation is keras.activations.relu:
            nachher = [[max(zahl, 0.0) for zahl in zeile] for zeile in vorher]
        else:
            nachher = [anteile(zeile) for zeile in vorher]
        ergebnis.append(nachher)
    return ergebnis
