# %% [markdown]
# # Hauspreise in Kalifornien
#
# Lies zuerst das Aufgabenblatt (`task.de.md`). Ersetze jedes `raise NotImplementedError` durch deinen
# eigenen Code und behalte die Namen der Funktionen und die Reihenfolge ihrer Argumente bei. Importe,
# Hilfsfunktionen und weitere Zellen kannst du überall ergänzen. Prüfe deine Arbeit, so oft du magst;
# unfertige Funktionen stören nicht:
#
#     grader check housing submission.py

# %%
import keras
import matplotlib.pyplot as plt
import numpy as np


# %%
def prepare(x_train, x_test, y_train, y_test):
    """Standardisiere die Merkmale; auch den Zielwert darfst du skalieren.

    x_train, x_test: Arrays (n, 8) und (m, 8), die Merkmale beider Teile
    y_train, y_test: Arrays (n,) und (m,), die Werte, die vorherzusagen sind

    Gibt (x_train, x_test, y_train, y_test) zurück: alle vier, in dieser Reihenfolge.
    """
    raise NotImplementedError


# %%
def build_model():
    """Baue und kompiliere ein Netz für 8 Merkmale, das eine Zahl vorhersagt.

    Gibt ein kompiliertes keras.Model zurück: zwei versteckte Schichten mit 16 Units und Dropout, eine lineare
    Ausgabe und der mittlere quadratische Fehler.
    """
    raise NotImplementedError


# %%
def train(model, x_train, y_train, x_val, y_val):
    """Trainiere das Modell mit fit, mit x_val und y_val als Validierungsdaten.

    Gibt die History zurück, die fit zurückgibt.
    """
    raise NotImplementedError


# %%
def scores(model, x, y):
    """Beurteile das trainierte Modell auf den Zeilen von x, deren Werte y sind.

    Gibt {"r2": ..., "mae": ...} zurück: das Bestimmtheitsmaß und den mittleren absoluten Fehler.
    """
    raise NotImplementedError


# %%
def residual_plot(model, x, y):
    """Zeichne für jede Zeile einen Punkt: ihr Residuum, y - Vorhersage, gegen ihre Vorhersage; dazu eine Linie bei 0.

    Gibt die Abbildung zurück.
    """
    raise NotImplementedError
