# %% [markdown]
# # Ein eigenes Netz: Weine von drei Winzern
#
# Lies zuerst das Aufgabenblatt (`task.de.md`). Ersetze jedes `raise NotImplementedError` durch deinen
# eigenen Code und behalte die Namen der Funktionen und die Reihenfolge ihrer Argumente bei. Importe,
# Hilfsfunktionen und weitere Zellen kannst du überall ergänzen. Prüfe deine Arbeit, so oft du magst;
# unfertige Funktionen stören nicht:
#
#     grader check wine submission.py

# %%
import keras
import numpy as np
from sklearn.datasets import load_wine

# %% [markdown]
# ## 1. Die Daten aufbereiten


# %%
def prepare(x_train, x_test):
    """Standardisiere beide Teile mit Mittelwerten und Standardabweichungen des Trainingsteils.

    x_train: Array (n, 13), rohe Merkmale; ein Merkmal kann in jeder Zeile denselben Wert haben
    x_test: Array (m, 13), rohe Merkmale; kann eine einzige Zeile sein

    Gibt (x_train, x_test) zurück: zwei Arrays derselben Formen. Die Argumente bleiben, wie sie sind.
    """
    raise NotImplementedError


# %% [markdown]
# ## 2. Das Netz bauen und trainieren


# %%
def build_model():
    """Baue und kompiliere ein Netz für 13 Merkmale und drei Winzer.

    Gibt ein kompiliertes keras.Model mit drei Ausgängen zurück. Ausgabe-Aktivierung und Loss passen
    zueinander und zu den Labels, ganzen Zahlen von 0 bis 2.
    """
    raise NotImplementedError


# %%
def train(model, x_train, y_train, x_val, y_val):
    """Trainiere das Modell mit fit und gib die History zurück, die fit zurückgibt.

    x_train, x_val: standardisierte Merkmale
    y_train, y_val: ganzzahlige Labels von 0 bis 2; auch die Validierungsdaten gehen an fit
    """
    raise NotImplementedError


# %% [markdown]
# ## 3. Das Netz beurteilen


# %%
def evaluate(model, x, y):
    """Vergleiche, was das trainierte Modell zu den Zeilen von x sagt, mit den wahren Labels y.

    x: Array (n, 13), standardisiert
    y: Array (n,), ganzzahlige Labels; ein Winzer kann ganz fehlen

    Gibt ein dict zurück:
      "accuracy": Anteil der Zeilen, deren Winzer das Modell richtig nennt, 0 bis 1
      "recall": drei Zahlen, eine je Winzer von 0 bis 2: der Anteil der Weine dieses Winzers, die das
                Modell erkennt, 0 bis 1. nan oder 0 für einen Winzer, der in y nicht vorkommt
    """
    raise NotImplementedError
