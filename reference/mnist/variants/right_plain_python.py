# loses: nothing
# why: Plain Python where it goes: own split, loops, tuples, weights as JSON, German names, SGD with momentum.
import json
import os
from collections import Counter

import matplotlib.pyplot as plt
import numpy as np
from tensorflow import keras


def describe(x, y):
    zaehler = Counter(int(ziffer) for ziffer in y)
    anzahlen = [zaehler[ziffer] for ziffer in range(10)]
    mittel = len(y) / 10
    return {
        "shape": tuple(x.shape),
        "dtype": f"{x.dtype}",
        "min": float(x.min()),
        "max": float(x.max()),
        "counts": tuple(anzahlen),
        "distances": tuple(anzahl - mittel for anzahl in anzahlen),
    }


def one_hot(y):
    return [[1.0 if spalte == int(ziffer) else 0.0 for spalte in range(10)] for ziffer in y]


def build_model():
    netz = keras.models.Sequential()
    netz.add(keras.layers.Input(shape=(28, 28)))
    netz.add(keras.layers.Flatten())
    netz.add(keras.layers.Dense(256))
    netz.add(keras.layers.Activation("relu"))
    netz.add(keras.layers.Dense(64))
    netz.add(keras.layers.Activation("relu"))
    netz.add(keras.layers.Dense(10))
    netz.add(keras.layers.Softmax())
    netz.compile(
        optimizer=keras.optimizers.SGD(learning_rate=0.1, momentum=0.9),
        loss=keras.losses.categorical_crossentropy,
        metrics=["acc"],
    )
    return netz


def train(model, x, y):
    x, y = np.array(x), np.array(y)
    letzte = len(x) // 5
    return model.fit(
        x[:-letzte], y[:-letzte], validation_data=(x[-letzte:], y[-letzte:]), epochs=8, batch_size=64, verbose=0
    )


def plot_history(history):
    bild, (links, rechts) = plt.subplots(ncols=2)
    for achse, name in ((links, "loss"), (rechts, "accuracy")):
        achse.plot(history.history[name])
        achse.plot(history.history["val_" + name])
        achse.set_title(name)
        achse.set_xlabel("Epoche")
        achse.legend(["Training", "Validierung"])
    return bild


def save(model, folder):
    with open(os.path.join(folder, "architektur.json"), "w") as datei:
        datei.write(model.to_json())
    with open(os.path.join(folder, "gewichte.json"), "w") as datei:
        json.dump([gewicht.tolist() for gewicht in model.get_weights()], datei)


def load(folder):
    with open(os.path.join(folder, "architektur.json")) as datei:
        netz = keras.models.model_from_json(datei.read())
    with open(os.path.join(folder, "gewichte.json")) as datei:
        netz.set_weights([np.array(gewicht) for gewicht in json.load(datei)])
    return netz


def weight_images(model):
    bilder = ()
    for schicht in model.layers:
        if not isinstance(schicht, keras.layers.Dense):
            continue
        kern, _ = schicht.get_weights()
        einheiten = len(kern[0])
        hoehe, breite = einheiten, 1
        for seite in range(1, einheiten + 1):
            if seite * seite == einheiten:
                hoehe = breite = seite
        bilder += (np.array([zeile.reshape(hoehe, breite) for zeile in kern]),)
    return bilder


def error_gallery(model, x, y):
    antworten = [int(np.argmax(zeile)) for zeile in model.predict(x, verbose=0)]
    fehler = [(bild, antwort, wahr) for bild, antwort, wahr in zip(x, antworten, y) if antwort != wahr][:16]
    plt.figure()
    for platz, (bild, antwort, wahr) in enumerate(fehler, start=1):
        plt.subplot(4, 4, platz)
        plt.imshow(bild, cmap="gray")
        plt.axis("off")
        plt.title(f"{antwort} statt {wahr}")


def hardest_correct(model, x, y):
    zeilen = model.predict(x, verbose=0)
    richtige = [(max(zeile), nummer) for nummer, zeile in enumerate(zeilen) if int(np.argmax(zeile)) == y[nummer]]
    return tuple(nummer for _sicher, nummer in sorted(richtige)[:9])


def hardest_wrong(model, x, y):
    zeilen = model.predict(x, verbose=0)
    falsche = [(-max(zeile), nummer) for nummer, zeile in enumerate(zeilen) if int(np.argmax(zeile)) != y[nummer]]
    return tuple(nummer for _sicher, nummer in sorted(falsche)[:9])
