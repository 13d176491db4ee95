# %% [markdown]
# # Ins Netz hineinsehen: drei Arten von Iris
#
# Lies zuerst das Aufgabenblatt (`task.de.md`). Ersetze jedes `raise NotImplementedError` durch deinen
# eigenen Code und behalte die Namen der Funktionen und die Reihenfolge ihrer Argumente bei. Importe,
# Hilfsfunktionen und weitere Zellen kannst du überall ergänzen. Prüfe deine Arbeit, so oft du magst;
# unfertige Funktionen stören nicht:
#
#     grader check iris_network submission.py

# %%
import keras
import numpy as np
from sklearn.datasets import load_iris

# %% [markdown]
# ## 1. Das Netz bauen und trainieren


# %%
def build_model():
    """Baue und kompiliere das Netz 4-8-3 mit Aktivierungen als eigenen Schichten.

    Gibt ein kompiliertes keras.Model zurück: Dense(8), relu, Dense(3), softmax. Der Loss passt zu
    ganzzahligen Labels.
    """
    raise NotImplementedError


# %%
def train(model, x_train, y_train, x_val, y_val):
    """Trainiere das Modell mit fit und gib die History zurück, die fit zurückgibt.

    x_train, x_val: standardisierte Merkmale (n, 4)
    y_train, y_val: ganzzahlige Labels von 0 bis 2; auch die Validierungsdaten gehen an fit
    """
    raise NotImplementedError


# %% [markdown]
# ## 2. Jede Schicht von Hand


# %%
def forward(model, x):
    """Berechne mit NumPy, was in jeder Schicht des Modells aus x wird.

    model: ein Modell aus Dense- und Activation-Schichten im Wechsel, wie das von build_model, in
           beliebigen Größen. Schichten und Gewichte kann man erfragen, aufrufen kann man weder das
           Modell noch eine Schicht
    x: Array (n, Merkmale)

    Gibt eine Liste von Arrays zurück: x selbst, dann die Werte nach jeder Schicht.
    """
    raise NotImplementedError
