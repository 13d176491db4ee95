# %% [markdown]
# # Unausgewogene Labels
#
# Lies zuerst das Aufgabenblatt (`task.de.md`). Ersetze jedes `raise NotImplementedError` durch deinen
# eigenen Code und behalte die Namen der Funktionen und die Reihenfolge ihrer Argumente bei. Importe,
# Hilfsfunktionen und weitere Zellen kannst du überall ergänzen. Prüfe deine Arbeit, so oft du magst;
# unfertige Funktionen stören nicht:
#
#     grader check imbalance submission.py

# %%
import keras
import numpy as np

# %% [markdown]
# ## 1. Gewichte der Klassen


# %%
def class_weights(y):
    """Gib das Gewicht jedes Labels als dict zurück, etwa {0: 1.0, 1: 15.7, 2: 1.73}.

    y: n ganzzahlige Labels; dazwischen können welche fehlen

    Das Gewicht eines Labels: wie viele Zeilen das häufigste Label hat, geteilt durch die Zahl seiner
    eigenen.
    """
    raise NotImplementedError


# %% [markdown]
# ## 2. Stichproben mit gleich großen Klassen
#
# x ist ein Array (n, Merkmale), y ein Array (n,) ganzzahliger Labels, seed eine ganze Zahl.
# Beide Funktionen geben zwei Arrays zurück, x und y der Stichprobe, paarweise zusammengehörig.


# %%
def undersample(x, y, seed):
    """Lass Zeilen weg: Jede Klasse behält zufällig gezogen so viele, wie die seltenste hat, keine doppelt."""
    raise NotImplementedError


# %%
def oversample(x, y, seed):
    """Wiederhole Zeilen: Jede Klasse bekommt so viele, wie die häufigste hat. Jede Zeile bleibt erhalten."""
    raise NotImplementedError


# %% [markdown]
# ## 3. Mit Gewichten trainieren


# %%
def build_model():
    """Baue und kompiliere ein kleines Netz für sechs Merkmale und drei Klassen.

    Gibt ein kompiliertes keras.Model mit drei Ausgängen zurück. Ausgabe-Aktivierung und Loss passen
    zueinander und zu den Labels, ganzen Zahlen von 0 bis 2.
    """
    raise NotImplementedError


# %%
def train_weighted(model, x_train, y_train):
    """Trainiere das Modell so, dass die seltene Klasse zählt, und gib die History zurück, die fit zurückgibt.

    x_train: Array (n, 6)
    y_train: Array (n,), ganzzahlige Labels von 0 bis 2; jedes davon kann das seltene sein
    """
    raise NotImplementedError


# %% [markdown]
# ## 4. Überhaupt ausgleichen?


# %%
def should_rebalance(situation):
    """Gib True zurück, wo die Klassen vor dem Training ausgeglichen werden sollen, sonst False.

    situation: Name einer Situation, die das Aufgabenblatt genau beschreibt

      "rainy_days"     Regnet es morgen? Alle Tage aus zehn Jahren in einer Stadt; an 12 von 100 regnete es.
                       Das Netz soll dort sagen, wie wahrscheinlich Regen ist.
      "web_search"     Fotos von Hunden, Katzen und Füchsen aus einer Websuche: 5567, 3224 und 354.
                       Im Park werden dem Netz von jedem Tier etwa gleich viele gezeigt.
      "all_mails"      Alle Mails, die eine Firma in einem Jahr bekam; 4 von 100 sind Betrug.
                       Das Netz soll dort sagen, wie wahrscheinlich eine Mail Betrug ist.
      "staged_photos"  Ein Fotograf hat 900 Bilder eines heilen Teils gemacht und nach 60 eines gerissenen
                       aufgehört. In der Werkstatt, die sortiert, ist jedes zweite Teil gerissen.
    """
    raise NotImplementedError
