import keras
import numpy as np


def class_weights(y):
    anzahl = np.bincount(y)
    return max(anzahl) / anzahl


def undersample(x, y, seed):
    rng = np.random.default_rng(seed)
    kleinste = np.unique(y, return_counts=True)[1].min()
    x_neu, y_neu = [], []
    for klasse in np.unique(y):
        x_neu.append(rng.choice(x[y == klasse], kleinste, replace=False))
        y_neu.append(rng.choice(y[y == klasse], kleinste, replace=False))
    x_neu = np.concatenate(x_neu)
    y_neu = np.concatenate(y_neu)
    rng.shuffle(x_neu)
    rng.shuffle(y_neu)
    return x_neu, y_neu


def oversample(x, y, seed):
    # die seltenste Klasse verdoppeln, bis es reicht
    labels, anzahl = np.unique(y, return_counts=True)
    selten = labels[anzahl.argmin()]
    zeilen = np.where(y == selten)[0]
    faktor = anzahl.max() // anzahl.min()
    x = np.concatenate([x] + [x[zeilen]] * (faktor - 1))
    y = np.concatenate([y] + [y[zeilen]] * (faktor - 1))
    return x, y


def build_model():
    modell = keras.Sequential([keras.Input((6,)), keras.layers.Dense(32, activation="relu"), keras.layers.Dense(3, activation="softmax")])
    modell.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
    return modell


def train_weighted(model, x_train, y_train):
    gewichte = class_weights(y_train)
    return model.fit(x_train, y_train, class_weight=gewichte, epochs=20, verbose=0)


def should_rebalance(situation):
    if situation == "all_mails" or "staged_photos":
        return True
    return False
