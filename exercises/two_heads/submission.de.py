# %% [markdown]
# # Ein Rumpf, zwei Köpfe
#
# Lies zuerst das Aufgabenblatt (`task.de.md`). Ersetze jedes `raise NotImplementedError` durch deinen
# eigenen Code und behalte die Namen der Funktionen und die Reihenfolge ihrer Argumente bei. Importe,
# Hilfsfunktionen und weitere Zellen kannst du überall ergänzen. Prüfe deine Arbeit, so oft du magst;
# unfertige Funktionen stören nicht:
#
#     grader check two_heads submission.py

# %%
import keras
import numpy as np

# %% [markdown]
# ## 1. Ein Netz mit zwei Ausgaben
#
# Ein Sequential-Modell hat eine Ausgabe. Nimm den funktionalen Stil oder eine eigene Klasse.


# %%
def build_model():
    """Baue und kompiliere ein Netz für acht Merkmale mit zwei Ausgaben, die ihre ersten Schichten teilen.

    Gib ein kompiliertes keras.Model mit den Ausgaben "sweetness" (eine Zahl) und "variety" (drei Klassen)
    zurück; Ausgaben ohne Namen kommen in dieser Reihenfolge. Jede hat ihre eigene Aktivierung und ihren
    eigenen Loss, und loss_weights machen beide Losses etwa gleich groß.
    """
    raise NotImplementedError


# %% [markdown]
# ## 2. Trainieren


# %%
def train(model, x_train, sweetness_train, variety_train, x_val, sweetness_val, variety_val):
    """Trainiere das Modell mit den Labels beider Ausgaben und gib die History zurück, die fit zurückgibt.

    x_train:         Array (n, 8), die Merkmale
    sweetness_train: Array (n,), Zahlen
    variety_train:   Array (n,), ganze Zahlen von 0 bis 2
    x_val, sweetness_val, variety_val: dasselbe für andere Äpfel, zum Validieren
    """
    raise NotImplementedError


# %% [markdown]
# ## 3. Jede Ausgabe bewerten


# %%
def scores(model, x, sweetness, variety):
    """Gib {"sweetness": R², "variety": Accuracy} des trainierten Modells auf den Zeilen x zurück."""
    raise NotImplementedError
