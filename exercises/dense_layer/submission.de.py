# %% [markdown]
# # Was Dense kann
#
# Lies zuerst das Aufgabenblatt (`task.de.md`). Ersetze jedes `raise NotImplementedError` durch deinen
# eigenen Code und behalte die Namen der Funktionen und die Reihenfolge ihrer Argumente bei. Importe,
# Hilfsfunktionen und weitere Zellen kannst du überall ergänzen. Prüfe deine Arbeit, so oft du magst;
# unfertige Funktionen stören nicht:
#
#     grader check dense_layer submission.py

# %%
import keras
import numpy as np

# %% [markdown]
# ## 1. Die Parameter zählen


# %%
def count_parameters(n_inputs, units, use_bias):
    """Gib zurück, wie viele Zahlen eine Dense-Schicht mit `n_inputs` Eingängen und `units` Units lernt."""
    raise NotImplementedError


# %% [markdown]
# ## 2. Dense in NumPy


# %%
def dense(x, kernel, bias, activation):
    """Gib zurück, was eine Dense-Schicht für die Zeilen von x ausgibt: ein Array (n, units)."""
    raise NotImplementedError


# %% [markdown]
# ## 3. Schichten nach Beschreibung


# %%
def make_layer(description):
    """Gib eine neue Keras-Schicht zurück: "constant", "he", "no bias", "l2", "non-negative" oder "frozen"."""
    raise NotImplementedError
