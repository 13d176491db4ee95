# %% [markdown]
# # Der Metrik-Spickzettel
#
# Lies zuerst das Aufgabenblatt (`task.de.md`). Ersetze jedes `raise NotImplementedError` durch deinen
# eigenen Code und behalte die Namen der Funktionen und die Reihenfolge ihrer Argumente bei. Importe,
# Hilfsfunktionen und weitere Zellen kannst du überall ergänzen. Prüfe deine Arbeit, so oft du magst;
# unfertige Funktionen stören nicht:
#
#     grader check metric_cheat_sheet submission.py

# %%
import numpy as np

# %% [markdown]
# ## 1. Raten aus Anzahlen
#
# tp, fp, tn, fn sind ganze Zahlen ab 0: wie viele richtig positive, falsch positive, richtig negative und
# falsch negative es gibt. Jede Funktion gibt eine Zahl von 0 bis 1 zurück, und 0.0, wo ihr Nenner 0 ist.


# %%
def sensitivity(tp, fp, tn, fn):
    """Gib den Anteil der Positiven zurück, der gefunden wurde (auch Recall genannt)."""
    raise NotImplementedError


# %%
def specificity(tp, fp, tn, fn):
    """Gib den Anteil der Negativen zurück, der negativ genannt wurde."""
    raise NotImplementedError


# %%
def precision(tp, fp, tn, fn):
    """Gib den Anteil der positiv Genannten zurück, der positiv ist."""
    raise NotImplementedError


# %%
def false_positive_rate(tp, fp, tn, fn):
    """Gib den Anteil der Negativen zurück, der positiv genannt wurde."""
    raise NotImplementedError


# %%
def false_negative_rate(tp, fp, tn, fn):
    """Gib den Anteil der Positiven zurück, der negativ genannt wurde."""
    raise NotImplementedError


# %%
def accuracy(tp, fp, tn, fn):
    """Gib den Anteil aller zurück, der richtig benannt wurde."""
    raise NotImplementedError


# %%
def error_rate(tp, fp, tn, fn):
    """Gib den Anteil aller zurück, der falsch benannt wurde."""
    raise NotImplementedError


# %%
def f1(tp, fp, tn, fn):
    """Gib das harmonische Mittel von Precision und Sensitivität zurück; 0.0, wo es keine richtig Positiven gibt."""
    raise NotImplementedError


# %% [markdown]
# ## 2. Von Labels und Wahrscheinlichkeiten zu Anzahlen
#
# Labels sind 0 (negativ) und 1 (positiv). Von hier an sind die Argumente Arrays oder Listen.


# %%
def confusion_counts(y_true, y_pred):
    """Zähle die vier Fälle.

    y_true, y_pred: je n Labels, 0 oder 1; es kann sein, dass nur eines von beiden vorkommt

    Gibt tp, fp, tn, fn zurück, in dieser Reihenfolge.
    """
    raise NotImplementedError


# %%
def threshold_without_false_positives(y_true, p):
    """Wähle die Schwelle für einen Filter, der keinen Fehlalarm geben darf.

    y_true: n Labels, 0 oder 1
    p: n Wahrscheinlichkeiten des Labels 1; eine Zeile wird positiv genannt, wo p > Schwelle

    Gibt die kleinste Schwelle zurück, bei der keine Zeile mit Label 0 positiv genannt wird
    (0.0, wo es keine Zeile mit Label 0 gibt).
    """
    raise NotImplementedError


# %% [markdown]
# ## 3. Metriken der Regression
#
# y_true und y_pred sind je n Zahlen. Jede Funktion gibt eine Zahl zurück.


# %%
def mean_absolute_error(y_true, y_pred):
    """Gib den Mittelwert der absoluten Fehler zurück."""
    raise NotImplementedError


# %%
def mean_squared_error(y_true, y_pred):
    """Gib den Mittelwert der quadrierten Fehler zurück."""
    raise NotImplementedError


# %%
def r2(y_true, y_pred):
    """Gib das Bestimmtheitsmaß R² zurück; 0.0, wo alle y_true gleich sind."""
    raise NotImplementedError


# %% [markdown]
# ## 4. Softmax und Kreuzentropien


# %%
def softmax(z):
    """Mache aus jeder Zeile von Logits Wahrscheinlichkeiten.

    z: Array (n, k) aus beliebigen endlichen Zahlen, auch 1000 oder -1000

    Gibt ein Array (n, k) zurück; jede Zeile hat die Summe eins.
    """
    raise NotImplementedError


# %%
def binary_crossentropy(y_true, p):
    """Gib die binäre Kreuzentropie zurück, gemittelt über die Zeilen.

    y_true: n Labels, 0 oder 1
    p: n Wahrscheinlichkeiten des Labels 1, auch genau 0 und 1

    Gibt eine endliche Zahl zurück.
    """
    raise NotImplementedError


# %%
def categorical_crossentropy(y_true, p):
    """Gib die kategoriale Kreuzentropie zurück, gemittelt über die Zeilen.

    y_true: Array (n, k), One-Hot-Zeilen
    p: Array (n, k), in jeder Zeile die Wahrscheinlichkeiten der Klassen, auch genau 0 und 1

    Gibt eine endliche Zahl zurück.
    """
    raise NotImplementedError


# %%
def sparse_categorical_crossentropy(y_true, p):
    """Gib dasselbe für ganzzahlige Labels zurück.

    y_true: n ganze Zahlen von 0 bis k - 1
    p: Array (n, k), in jeder Zeile die Wahrscheinlichkeiten der Klassen, auch genau 0 und 1

    Gibt eine endliche Zahl zurück.
    """
    raise NotImplementedError


# %% [markdown]
# ## 5. Der Spickzettel
#
# Fünf Zeilen: Regression, binäre Klassifikation, mehrere Klassen mit One-Hot-Labels, mehrere Klassen mit
# ganzzahligen Labels, Multi-Label. Fünf Spalten: Ausgabe-Einheiten, Ausgabe-Aktivierung, Loss, Format der
# Labels, nützliche Metriken. Schreibe ihn als dict von dicts, als Liste von Zeilen oder als DataFrame, auf
# Deutsch oder Englisch. In einem Notebook darfst du `CHEAT_SHEET = None` stehen lassen und stattdessen eine
# Markdown-Tabelle schreiben.

# %%
CHEAT_SHEET = None  # deiner: {"regression": {"output units": ..., ...}, ...}

# %% [markdown]
# ## Ausprobieren
#
# Was in diesem Block steht, läuft, wenn du die Datei selbst startest; der Grader führt es nicht aus.

# %%
if __name__ == "__main__":
    # Der Spamfilter aus dem Kurs: 38 von 50 Spam-Mails wurden gefunden, 1 von 50 anderen wurde Spam genannt.
    print("sensitivity:", sensitivity(tp=38, fp=1, tn=49, fn=12))
