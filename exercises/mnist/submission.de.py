# %% [markdown]
# # MNIST von Anfang bis Ende
#
# Lies zuerst das Aufgabenblatt (`task.de.md`). Ersetze jedes `raise NotImplementedError` durch deinen
# eigenen Code und behalte die Namen der Funktionen und die Reihenfolge ihrer Argumente bei. Importe,
# Hilfsfunktionen und weitere Zellen kannst du überall ergänzen. Prüfe deine Arbeit, so oft du magst;
# unfertige Funktionen stören nicht:
#
#     grader check mnist submission.py

# %%
import os

import keras
import matplotlib.pyplot as plt
import numpy as np

# %% [markdown]
# ## 1. Die Daten ansehen


# %%
def describe(x, y):
    """Sag, wie Bilder und Labels aussehen.

    x: Array (n, 28, 28) mit Grauwerten, dtype und Wertebereich beliebig
    y: n ganzzahlige Labels von 0 bis 9; manche Ziffern kommen vielleicht gar nicht vor

    Gibt ein Dict zurück:
      "shape": Form von x, "dtype": sein dtype als Text, etwa "uint8"
      "min", "max": der kleinste und der größte Wert von x
      "counts": wie viele Bilder es von jeder Ziffer von 0 bis 9 gibt (zehn Zahlen)
      "distances": für jede Ziffer ihre Anzahl minus den Mittelwert aller zehn Anzahlen
    """
    raise NotImplementedError


# %%
def one_hot(y):
    """Mach aus ganzzahligen Labels One-Hot-Zeilen.

    y: n ganzzahlige Labels von 0 bis 9; manche Ziffern kommen vielleicht gar nicht vor

    Gibt ein Array (n, 10) zurück: Zeile i hat eine 1 in Spalte y[i] und sonst überall 0.
    """
    raise NotImplementedError


# %% [markdown]
# ## 2. Das Netz bauen und trainieren
#
# Von hier an ist x ein Array (n, 28, 28) mit Grauwerten, die schon auf 0..1 skaliert sind.


# %%
def build_model():
    """Bau und kompiliere ein neues Netz für Bilder aus 28x28 Pixeln.

    Gibt ein kompiliertes keras.Model zurück, das (n, 28, 28) nimmt: Reshape oder Flatten, mindestens
    eine versteckte Schicht mit nichtlinearer Aktivierung, zehn Ausgänge, höchstens 2.000.000 Parameter.
    Ausgabeschicht und Loss passen zu den One-Hot-Labels.
    """
    raise NotImplementedError


# %%
def train(model, x, y):
    """Trainiere das Modell und halte ein Fünftel der Bilder zurück (validation_split=0.2).

    model: wie build_model() es zurückgibt
    y: Array (n, 10), One-Hot

    Gibt die History zurück, die model.fit zurückgibt.
    """
    raise NotImplementedError


# %%
def plot_history(history):
    """Zeichne die Lernkurven eines Trainings.

    history: eine Keras-History mit "loss", "accuracy", "val_loss" und "val_accuracy"

    Gibt die Figure zurück: Loss und Accuracy über den Epochen, jeweils für Training und Validierung,
    mit beschrifteten Achsen und einer Legende.
    """
    raise NotImplementedError


# %% [markdown]
# ## 3. Speichern und laden


# %%
def save(model, folder):
    """Speichere irgendein Keras-Modell in einem Ordner: Architektur als JSON, Gewichte in eigener Datei.

    folder: Pfad eines Ordners, als Text; schreib nirgendwo sonst hin
    """
    raise NotImplementedError


# %%
def load(folder):
    """Lade das Modell, das save() geschrieben hat; der Ordner kann inzwischen verschoben worden sein.

    Gibt das keras.Model zurück, mit seinen Gewichten.
    """
    raise NotImplementedError


# %% [markdown]
# ## 4. Ins Netz hineinsehen


# %%
def weight_images(model):
    """Gib die Gewichte jeder Dense-Schicht als Bilder zurück, eines für jeden Eingang der Schicht.

    model: irgendein Modell mit Dense-Schichten, auch mit anderen Schichten dazwischen

    Gibt eine Liste mit einem Array (Eingänge, Höhe, Breite) für jede Dense-Schicht zurück: den Kernel
    (Eingänge, Einheiten), jede Zeile umgeformt, zu einem Quadrat, wenn die Einheiten eines füllen
    (324 zu 18x18), sonst zu einer Spalte (10 zu 10x1).
    """
    raise NotImplementedError


# %% [markdown]
# ## 5. Wo es sich irrt
#
# In diesen Funktionen ist model ein trainiertes Modell, x ein Array (n, 28, 28), y sind n ganzzahlige
# Labels.


# %%
def error_gallery(model, x, y):
    """Zeichne 16 Bilder, bei denen das Modell falsch liegt (alle, wenn es weniger sind).

    Gibt die Figure zurück: für jedes Bild eigene Achsen, deren Titel nennt, was das Modell sagt und was
    richtig ist, etwa "4 statt 9".
    """
    raise NotImplementedError


# %%
def hardest_correct(model, x, y):
    """Gib die Positionen in x der neun richtigen Bilder zurück, bei denen das Modell am unsichersten ist.

    Wie sicher es sich ist, sagt seine größte Wahrscheinlichkeit. Das schwerste steht zuerst; es sind
    weniger, wenn es weniger gibt.
    """
    raise NotImplementedError


# %%
def hardest_wrong(model, x, y):
    """Gib die Positionen in x der neun falschen Bilder zurück, bei denen das Modell am sichersten ist.

    Das, bei dem es sich am sichersten ist, steht zuerst; es sind weniger, wenn es weniger gibt.
    """
    raise NotImplementedError


# %% [markdown]
# ## Ausprobieren
#
# Code in diesem Block läuft, wenn du die Datei selbst startest; der Grader führt ihn nicht aus.

# %%
if __name__ == "__main__":
    (x_train, y_train), (x_test, y_test) = keras.datasets.mnist.load_data()
    print(x_train.shape, y_train.shape)
