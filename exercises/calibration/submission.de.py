# %% [markdown]
# # Sind 80 % wirklich 80 %?
#
# Lies zuerst das Aufgabenblatt (`task.de.md`). Ersetze jedes `raise NotImplementedError` durch deinen
# eigenen Code und behalte die Namen der Funktionen und die Reihenfolge ihrer Argumente bei. Importe,
# Hilfsfunktionen und weitere Zellen kannst du überall ergänzen. Prüfe deine Arbeit, so oft du magst;
# unfertige Funktionen stören nicht:
#
#     grader check calibration submission.py

# %%
import numpy as np
from matplotlib import pyplot as plt

# %% [markdown]
# ## 1. Was in jedem Bin geschah
#
# y_true: n Labels, 0 oder 1
# p: n Wahrscheinlichkeiten des Labels 1, von 0 bis 1
# bins: wie viele gleich breite Bins zwischen 0 und 1 liegen


# %%
def reliability(y_true, p, bins):
    """Vergleiche Bin für Bin, was vorhergesagt wurde, mit dem, was geschah.

    Eine Wahrscheinlichkeit auf einer Grenze gehört zum unteren Bin, und 0 zum ersten.

    Gibt zwei Arrays zurück, mit einer Zahl für jeden Bin, der nicht leer ist, von unten nach oben:
    den Mittelwert der Wahrscheinlichkeiten darin und den Anteil seiner Zeilen mit dem Label 1
    """
    raise NotImplementedError


# %% [markdown]
# ## 2. Eine Zahl für alle Bins


# %%
def expected_calibration_error(y_true, p, bins):
    """Gib die mittlere Lücke zwischen Vorhersage und Anteil zurück, gewichtet mit den Zeilen jedes Bins."""
    raise NotImplementedError


# %% [markdown]
# ## 3. Kalibrieren


# %%
def calibrate(p_fit, y_fit, p_new):
    """Lerne aus Zeilen mit Labels, wie weit die Wahrscheinlichkeiten danebenliegen, und verbessere neue.

    p_fit: n Wahrscheinlichkeiten des Labels 1, auch genau 0 und 1
    y_fit: ihre Labels, 0 oder 1
    p_new: m Wahrscheinlichkeiten anderer Zeilen, auch genau 0 und 1

    Gibt ein Array mit m Wahrscheinlichkeiten zurück. Ein größeres p bekommt nie eine kleinere.
    """
    raise NotImplementedError


# %% [markdown]
# ## 4. Das Zuverlässigkeitsdiagramm


# %%
def reliability_plot(y_true, p, bins):
    """Zeichne die mittlere Vorhersage (x) gegen den Anteil des Labels 1 (y), und die Diagonale. Gib die Figure zurück."""
    raise NotImplementedError
