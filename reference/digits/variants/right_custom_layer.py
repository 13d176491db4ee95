# loses: nothing
# why: A layer written by hand with add_weight and keras.ops in a functional model, SGD with momentum, German names.
import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import ops
from sklearn.datasets import load_digits
from sklearn.model_selection import StratifiedShuffleSplit


class Schicht(keras.layers.Layer):
    """Eine voll verbundene Schicht, von Hand geschrieben."""

    def __init__(self, einheiten, aktivierung, **kwargs):
        super().__init__(**kwargs)
        self.einheiten = einheiten
        self.aktivierung = keras.activations.get(aktivierung)

    def build(self, form):
        self.gewichte = self.add_weight(shape=(form[-1], self.einheiten), initializer="glorot_uniform", name="gewichte")
        self.schwelle = self.add_weight(shape=(self.einheiten,), initializer="zeros", name="schwelle")

    def call(self, x):
        return self.aktivierung(ops.matmul(x, self.gewichte) + self.schwelle)


def load():
    ziffern = load_digits()
    return ziffern.data.astype("float32"), ziffern.target.astype("int32")


def class_counts(y):
    return np.sum(one_hot(y), axis=0).astype(int)


def scale(x):
    return np.asarray(x) / np.float32(16)


def one_hot(y):
    return ops.convert_to_numpy(ops.one_hot(y, 10))


def split(x, y, seed):
    teiler = StratifiedShuffleSplit(n_splits=1, test_size=0.25, random_state=seed)
    uebung, pruefung = next(teiler.split(x, y))
    return [x[uebung], x[pruefung], y[uebung], y[pruefung]]


def netz(kopf):
    eingang = keras.Input((64,))
    x = Schicht(128, "gelu")(eingang)
    x = Schicht(64, "gelu")(x)
    return keras.Model(eingang, Schicht(10, kopf)(x))


def build_model():
    modell = netz("softmax")
    optimierer = keras.optimizers.SGD(learning_rate=0.1, momentum=0.9)
    modell.compile(optimizer=optimierer, loss="categorical_crossentropy", metrics=["accuracy"])
    return modell


def train(model, x_train, y_train, x_val, y_val):
    return model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=25, batch_size=32, verbose=0)


def diagnose(history):
    verlauf = history.history
    if verlauf["accuracy"][-1] < 0.8:
        return "underfitting"
    if verlauf["val_loss"][-1] > 1.25 * min(verlauf["val_loss"]) and verlauf["val_loss"][-1] > 2 * verlauf["loss"][-1]:
        return "overfitting"
    return "good fit"


def predict_probabilities(model, x):
    return model.predict(x, verbose=0)


def confusion(y_true, y_pred):
    matrix = np.zeros((10, 10), dtype="int32")
    for wahr in range(10):
        for vorhergesagt in range(10):
            matrix[wahr, vorhergesagt] = np.sum((y_true == wahr) & (y_pred == vorhergesagt))
    return matrix


def plot_samples(x, y):
    bild, felder = plt.subplots(2, 5, figsize=(9, 4))
    for i, feld in enumerate(felder.flat):
        feld.imshow(np.reshape(x[i], (8, 8)), cmap="Blues")
        feld.set_title(f"Ziffer {y[i]}")
        feld.axis("off")
    return bild


def plot_features(x, y):
    bild, felder = plt.subplots(8, 8, figsize=(12, 12))
    for i, feld in enumerate(felder.flat):
        feld.scatter(x[:, i], y, s=0.5)
        feld.set_xticks([])
        feld.set_yticks([])
    return bild


def plot_history(history):
    bild, felder = plt.subplots(1, 2, figsize=(10, 4))
    for feld, schluessel, name in zip(felder, ("loss", "accuracy"), ("Loss", "Accuracy")):
        feld.plot(history.history[schluessel], label="Training")
        feld.plot(history.history["val_" + schluessel], label="Validierung")
        feld.set_xlabel("Epoche")
        feld.set_ylabel(name)
        feld.legend()
    return bild


def kurz(kopf, verlust, x_train, y_train, x_val, y_val):
    modell = netz(kopf)
    modell.compile(optimizer="adam", loss=verlust, metrics=["accuracy"])
    return modell.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=8, verbose=0)


def compare_output_activations(x_train, y_train, x_val, y_val):
    daten = (x_train, y_train, x_val, y_val)
    return {k: kurz(k, "categorical_crossentropy", *daten).history["val_accuracy"][-1] for k in ("relu", "sigmoid", "softmax")}


def compare_losses(x_train, y_train, x_val, y_val):
    daten = (x_train, y_train, x_val, y_val)
    return {v: kurz("softmax", v, *daten).history["val_accuracy"] for v in ("mse", "categorical_crossentropy")}
