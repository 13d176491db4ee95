# Alles mit Zählern und Tabellen von pandas.
from collections import Counter

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.datasets import load_digits
from sklearn.model_selection import StratifiedShuffleSplit


def load():
    tabelle = load_digits(as_frame=True)
    return tabelle.data.to_numpy(), tabelle.target.to_numpy()


def class_counts(y):
    zaehler = Counter(int(wert) for wert in y)
    return np.array([zaehler[ziffer] for ziffer in range(10)])


def plot_samples(x, y):
    abbildung = plt.figure(figsize=(10, 3))
    for nummer in range(10):
        achse = abbildung.add_subplot(2, 5, nummer + 1)
        achse.matshow(x[nummer].reshape(8, 8), cmap="Greys")
        achse.set(title=f"Ziffer {y[nummer]}", xticks=[], yticks=[])
    return abbildung


def plot_features(x, y):
    abbildung, achsen = plt.subplots(8, 8, sharey=True, figsize=(12, 12))
    for spalte, achse in enumerate(np.ravel(achsen)):
        for ziffer in np.unique(y):
            achse.plot(x[y == ziffer, spalte], y[y == ziffer], ".", markersize=2)
    return abbildung


def scale(x):
    return pd.DataFrame(x).div(16.0).to_numpy()


def one_hot(y):
    return pd.get_dummies(pd.Categorical(y, categories=range(10))).to_numpy(dtype=float)


def split(x, y, seed):
    teiler = StratifiedShuffleSplit(n_splits=1, test_size=0.25, random_state=seed)
    fuers_training, zum_testen = next(teiler.split(x, y))
    return x[fuers_training], x[zum_testen], y[fuers_training], y[zum_testen]


def plot_history(history):
    verlauf = pd.DataFrame(history.history)
    abbildung, (links, rechts) = plt.subplots(1, 2, figsize=(9, 4))
    verlauf[["loss", "val_loss"]].plot(ax=links, xlabel="Epoche", ylabel="Loss")
    verlauf[["accuracy", "val_accuracy"]].plot(ax=rechts, xlabel="Epoche", ylabel="Genauigkeit")
    return abbildung


def confusion(y_true, y_pred):
    tafel = pd.crosstab(pd.Series(y_true), pd.Series(y_pred))
    return tafel.reindex(index=range(10), columns=range(10), fill_value=0).to_numpy()


# Noch nicht geschrieben:
def build_model(): raise NotImplementedError
def train(model, x_train, y_train, x_val, y_val): raise NotImplementedError
def predict_probabilities(model, x): raise NotImplementedError
def diagnose(history): raise NotImplementedError
def compare_output_activations(x_train, y_train, x_val, y_val): raise NotImplementedError
def compare_losses(x_train, y_train, x_val, y_val): raise NotImplementedError
