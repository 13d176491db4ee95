import keras
import numpy as np
import matplotlib.pyplot as plt


def describe(x, y):
    ziffern, anzahl = np.unique(y, return_counts=True)
    return {
        "shape": x.shape,
        "dtype": type(x),
        "min": 0,
        "max": 255,
        "counts": anzahl,
        "distances": np.abs(anzahl - anzahl.mean()),
    }


def one_hot(y):
    return keras.utils.to_categorical(y)


def build_model():
    modell = keras.Sequential([
        keras.layers.Input((784,)),
        keras.layers.Dense(324, activation="sigmoid"),
        keras.layers.Dense(36, activation="sigmoid"),
        keras.layers.Dense(10, activation="softmax"),
    ])
    modell.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
    return modell


def train(model, x, y):
    x = x.reshape(-1, 784)
    return model.fit(x, y, epochs=10, batch_size=512, verbose=0)


def plot_history(history):
    plt.plot(history.history["loss"], label="Training")
    plt.plot(history.history["val_loss"], label="Validierung")
    plt.xlabel("Epoche")
    plt.legend()
    plt.show()


def save(model, folder):
    with open("modell.json", "w") as datei:
        datei.write(model.to_json())
    model.save_weights("modell.h5")


def load(folder):
    with open("modell.json") as datei:
        modell = keras.models.model_from_json(datei.read())
    modell.load_weights("modell.h5")
    return modell


def weight_images(model):
    bilder = []
    for schicht in model.layers:
        gewichte = schicht.get_weights()[0]
        seite = int(np.sqrt(gewichte.shape[1]))
        bilder.append(gewichte.T.reshape(-1, seite, seite))
    return bilder


def error_gallery(model, x, y):
    vorhersage = np.argmax(model.predict(x), axis=1)
    falsch = np.where(vorhersage != y)[0]
    fig = plt.figure()
    for i in range(16):
        plt.subplot(4, 4, i + 1)
        plt.imshow(x[i])
        plt.title(vorhersage[i])
    return fig


def hardest_correct(model, x, y):
    p = model.predict(x)
    richtig = np.argmax(p, axis=1) == y
    return np.argsort(np.max(p[richtig], axis=1))[:9]


def hardest_wrong(model, x, y):
    p = model.predict(x)
    falsch = np.where(np.argmax(p, axis=1) != y)[0]
    return falsch[np.argsort(np.max(p[falsch], axis=1))[:9]]
