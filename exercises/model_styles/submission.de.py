# %% [markdown]
# # Drei Arten, ein Netz zu schreiben
#
# Lies zuerst das Aufgabenblatt (`task.de.md`). Ersetze jedes `raise NotImplementedError` und jedes `...`
# durch deine eigene Antwort und behalte die Namen und die Reihenfolge der Argumente bei. Importe,
# Hilfsfunktionen, Klassen und weitere Zellen kannst du überall ergänzen. Prüfe deine Arbeit, so oft du
# magst; unfertige Funktionen stören nicht:
#
#     grader check model_styles submission.py

# %%
import keras
import numpy as np

# %% [markdown]
# ## 1. Dreimal dasselbe Netz bauen


# %%
def build_sequential(n_features):
    """Baue und kompiliere das Netz als keras.Sequential.

    n_features: wie viele Merkmale eine Zeile hat

    Gibt ein kompiliertes keras.Sequential zurück: zwei verdeckte Dense-Schichten derselben Breite mit
    Aktivierung, eine Dense-Schicht mit einer Einheit und ohne Aktivierung.
    """
    raise NotImplementedError


# %%
def build_functional(n_features):
    """Baue und kompiliere dasselbe Netz mit der funktionalen API.

    Also mit keras.Input, Schichten, die auf Tensoren aufgerufen werden, und keras.Model.

    Gibt ein kompiliertes keras.Model zurück.
    """
    raise NotImplementedError


# %%
def build_subclassed(n_features):
    """Baue und kompiliere dasselbe Netz als Objekt einer eigenen Klasse, die von keras.Model erbt.

    Gibt ein kompiliertes Modell dieser Klasse zurück: Schichten in __init__ angelegt, in call verbunden.
    """
    raise NotImplementedError


# %% [markdown]
# ## 2. Trainieren und beurteilen


# %%
def train(model, x, y, x_val, y_val):
    """Trainiere jedes der drei Modelle mit fit und gib die Validierungsdaten dorthin weiter.

    x, x_val: Arrays (n, n_features)
    y, y_val: Arrays (n,)

    Gibt die History zurück, die fit zurückgibt.
    """
    raise NotImplementedError


# %%
def scores(model, x, y):
    """Beurteile ein trainiertes Modell auf den Zeilen von x.

    Gibt {"r2": ..., "mae": ...} zurück: das Bestimmtheitsmaß und den mittleren absoluten Fehler.
    """
    raise NotImplementedError


# %% [markdown]
# ## 3. Was jeder Stil kann
#
# Zu jeder Aussage des Aufgabenblatts: die Menge der Stile, auf die sie zutrifft, etwa
# `{"sequential", "functional"}`.

# %%
STYLE_FACTS = {
    "one_after_another": ...,
    "easiest_overview": ...,
    "branches": ...,
    "threaded_by_hand": ...,
    "own_layers": ...,
    "conditions_and_loops": ...,
    "class_of_its_own": ...,
    "shapes_known_at_once": ...,
    "compile_and_fit": ...,
}
