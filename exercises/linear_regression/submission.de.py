# %% [markdown]
# # Lineare Regression: eine Schicht, ein Neuron
#
# Lies zuerst das Aufgabenblatt (`task.de.md`). Ersetze jedes `raise NotImplementedError` durch deinen
# eigenen Code und behalte die Namen der Funktionen und die Reihenfolge ihrer Argumente bei. Importe,
# Hilfsfunktionen und weitere Zellen kannst du überall ergänzen. Prüfe deine Arbeit, so oft du magst;
# unfertige Funktionen stören nicht:
#
#     grader check linear_regression submission.py

# %%
import keras
import numpy as np


# %%
def build_model(n_features):
    """Baue und kompiliere ein Netz, das eine lineare Regression ist.

    n_features: wie viele Merkmale eine Zeile hat, etwa 1 oder 10

    Gibt ein kompiliertes keras.Model zurück: eine Dense-Schicht mit einer Einheit, linear, mit Bias, und einem
    Loss für Zahlen.
    """
    raise NotImplementedError


# %%
def train(model, x, y):
    """Trainiere das Modell mit fit.

    x: Array (n, n_features), standardisiert
    y: Array (n,), die Zahlen, die vorherzusagen sind

    Gibt die History zurück, die fit zurückgibt.
    """
    raise NotImplementedError


# %%
def coefficients(model):
    """Lies die Gerade aus dem trainierten Netz ab.

    Gibt (w, b) zurück: die Gewichte, eines je Merkmal, und den Bias, eine einzelne Zahl.
    """
    raise NotImplementedError


# %%
def predict(model, x):
    """Sage die Zahlen zu den Zeilen von x vorher.

    Gibt ein Array (n,) zurück: eine Zahl je Zeile.
    """
    raise NotImplementedError
