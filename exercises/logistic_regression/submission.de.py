# %% [markdown]
# # Logistische Regression: ein Neuron, das Ja oder Nein sagt
#
# Lies zuerst das Aufgabenblatt (`task.de.md`). Ersetze jedes `raise NotImplementedError` durch deinen
# eigenen Code und behalte die Namen der Funktionen und die Reihenfolge ihrer Argumente bei. Importe,
# Hilfsfunktionen und weitere Zellen kannst du überall ergänzen. Prüfe deine Arbeit, so oft du magst;
# unfertige Funktionen stören nicht:
#
#     grader check logistic_regression submission.py

# %%
import keras
import numpy as np
from sklearn.datasets import load_breast_cancer

# %% [markdown]
# ## 1. Das Neuron bauen und trainieren


# %%
def build_model(n_features):
    """Baue und kompiliere eine logistische Regression: eine Dense-Schicht mit einer Einheit.

    n_features: wie viele Merkmale eine Zeile hat, etwa 30 oder 1

    Gibt ein kompiliertes keras.Model zurück. Ausgabe-Aktivierung und Loss passen zueinander und zu den
    Labels, die 0 und 1 sind.
    """
    raise NotImplementedError


# %%
def train(model, x, y):
    """Trainiere das Modell mit fit und gib die History zurück, die fit zurückgibt.

    x: Array (n, n_features), standardisiert oder von ähnlicher Größe
    y: Array (n,), ganzzahlige Labels 0 und 1
    """
    raise NotImplementedError


# %% [markdown]
# ## 2. Entscheiden


# %%
def predict_label(model, x, threshold=0.5):
    """Sage für jede Zeile von x Ja oder Nein.

    threshold: wie groß die Wahrscheinlichkeit für ein Ja sein muss, zwischen 0 und 1

    Gibt ein Array (n,) aus ganzen Zahlen zurück: 1, wo die Wahrscheinlichkeit des Modells über der Schwelle
    liegt, sonst 0.
    """
    raise NotImplementedError


# %%
def decision_boundary(model):
    """Finde, wo ein trainiertes Modell mit einem Merkmal seine Meinung ändert.

    model: wie aus build_model(1), nach dem Training

    Gibt einen float zurück: den Wert des Merkmals, bei dem das Modell genau 0.5 sagt.
    """
    raise NotImplementedError
