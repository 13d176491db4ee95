# %% [markdown]
# # Handgeschriebene Ziffern mit Keras
#
# Lies zuerst das Aufgabenblatt (`task.de.md`). Ersetze jedes `raise NotImplementedError` durch deinen
# eigenen Code und behalte die Namen der Funktionen und die Reihenfolge ihrer Argumente bei. Importe,
# Hilfsfunktionen und weitere Zellen kannst du überall ergänzen. Prüfe deine Arbeit, so oft du magst;
# unfertige Funktionen stören nicht:
#
#     grader check digits submission.py

# %%
import keras
import matplotlib.pyplot as plt
import numpy as np

# %% [markdown]
# ## 1. Die Daten ansehen


# %%
def load():
    """Lade die handgeschriebenen Ziffern von scikit-learn.

    Gibt (x, y) zurück:
      x: Array (1797, 64), je Zeile ein Bild aus 8x8 Pixeln, rohe Grauwerte von 0 bis 16
      y: Array (1797,), die Ziffer, die jede Zeile zeigt, ganze Zahlen von 0 bis 9
    """
    raise NotImplementedError


# %%
def class_counts(y):
    """Zähle, wie oft jede Ziffer vorkommt.

    y: ganzzahlige Labels von 0 bis 9; manche Ziffern können ganz fehlen

    Gibt zehn Anzahlen zurück, eine je Ziffer von 0 bis 9 in dieser Reihenfolge (Array oder Liste),
    oder ein dict {Ziffer: Anzahl}. Die Anzahl einer Ziffer, die nicht vorkommt, ist 0.
    """
    raise NotImplementedError


# %%
def plot_samples(x, y):
    """Zeige die ersten zehn Zeilen von x als Bilder aus 8x8 Pixeln, jedes mit seinem Label als Titel.

    Gibt die Figure zurück: zehn Achsen, in jeder ein Bild.
    """
    raise NotImplementedError


# %%
def plot_features(x, y):
    """Zeichne 64 Streudiagramme, eines je Pixel: der Grauwert des Pixels gegen das Label.

    Gibt die Figure zurück: 64 Achsen, in jeder ein Punkt je Zeile von x.
    """
    raise NotImplementedError


# %% [markdown]
# ## 2. Die Daten aufbereiten


# %%
def scale(x):
    """Bringe Grauwerte von 0..16 auf 0..1.

    x: Array (n, 64) aus Grauwerten; kann eine einzige Zeile sein oder Pixel haben, die sich nie ändern

    Gibt ein Array derselben Form mit Werten von 0 bis 1 zurück. Eine Zeile ergibt dieselben Zahlen,
    welche anderen Zeilen auch mit ihr kommen.
    """
    raise NotImplementedError


# %%
def one_hot(y):
    """Mache aus ganzzahligen Labels One-Hot-Zeilen.

    y: n ganzzahlige Labels von 0 bis 9; manche Ziffern können ganz fehlen

    Gibt ein Array (n, 10) zurück: Zeile i hat eine 1 in Spalte y[i] und sonst überall 0.
    """
    raise NotImplementedError


# %%
def split(x, y, seed):
    """Halte ein Viertel der Zeilen, zufällig gezogen, als Testteil zurück.

    x: Array (n, 64)
    y: n ganzzahlige Labels
    seed: ganze Zahl; derselbe Seed gibt wieder dieselbe Aufteilung, ein anderer eine andere

    Gibt x_train, x_test, y_train, y_test zurück (in dieser Reihenfolge). Jede Zeile liegt in genau einem
    Teil und behält ihr Label; der Testteil hat n / 4 Zeilen, gerundet.
    """
    raise NotImplementedError


# %% [markdown]
# ## 3. Das Netz bauen und trainieren


# %%
def build_model():
    """Baue und kompiliere ein neues Netz für die Ziffern.

    Gibt ein kompiliertes keras.Model zurück: 64 Eingänge, mindestens eine verdeckte Schicht mit einer
    Aktivierung, die nicht linear ist, zehn Ausgänge. Ausgabeschicht und Loss passen zu den One-Hot-Labels.
    """
    raise NotImplementedError


# %%
def train(model, x_train, y_train, x_val, y_val):
    """Trainiere das Modell und beobachte es dabei auf den Validierungsdaten.

    model: wie build_model() es zurückgibt
    x_train, x_val: Arrays (n, 64), schon auf 0..1 skaliert
    y_train, y_val: Arrays (n, 10), one-hot

    Gibt die History zurück, die model.fit zurückgibt.
    """
    raise NotImplementedError


# %% [markdown]
# ## 4. Das Netz beurteilen


# %%
def plot_history(history):
    """Zeichne die Lernkurven eines Trainings.

    history: eine History von Keras mit "loss", "accuracy", "val_loss" und "val_accuracy"

    Gibt die Figure zurück: Loss und Accuracy über den Epochen, je für Training und Validierung,
    mit beschrifteten Achsen und einer Legende.
    """
    raise NotImplementedError


# %%
def diagnose(history):
    """Sage, was die Lernkurven zeigen.

    history: eine History von Keras mit "loss", "accuracy", "val_loss" und "val_accuracy"

    Gibt "overfitting", "underfitting" oder "good fit" zurück (wann was, steht auf dem Aufgabenblatt).
    """
    raise NotImplementedError


# %%
def predict_probabilities(model, x):
    """Frage das trainierte Modell nach den Wahrscheinlichkeiten der zehn Ziffern.

    x: Array (n, 64), schon auf 0..1 skaliert

    Gibt ein Array (n, 10) zurück, dessen Zeilen die Summe eins haben.
    """
    raise NotImplementedError


# %%
def confusion(y_true, y_pred):
    """Zähle, welche Ziffer für welche gehalten wurde.

    y_true, y_pred: je n ganzzahlige Labels von 0 bis 9

    Gibt ganze Zahlen (10, 10) zurück: Zeile i, Spalte j sagt, wie oft eine wahre i als j vorhergesagt wurde.
    """
    raise NotImplementedError


# %% [markdown]
# ## 5. Entscheidungen vergleichen


# %%
def compare_output_activations(x_train, y_train, x_val, y_val):
    """Trainiere dasselbe Netz mit drei verschiedenen Aktivierungen der Ausgabeschicht.

    Argumente wie bei train. Der Loss ist jedes Mal categorical_crossentropy,
    und jedes Netz fängt neu an.

    Gibt {"relu": ..., "sigmoid": ..., "softmax": ...} zurück, je eine Accuracy auf den Validierungsdaten.
    """
    raise NotImplementedError


# %%
def compare_losses(x_train, y_train, x_val, y_val):
    """Trainiere dasselbe Netz, mit Softmax als Ausgabe-Aktivierung, mit zwei verschiedenen Losses.

    Argumente wie bei train. Jedes Netz fängt neu an.

    Gibt {"mse": [...], "categorical_crossentropy": [...]} zurück, je eine Liste mit der Accuracy auf
    den Validierungsdaten nach jeder Epoche.
    """
    raise NotImplementedError


# %% [markdown]
# ## Ausprobieren
#
# Was in diesem Block steht, läuft, wenn du die Datei selbst startest; der Grader führt es nicht aus.

# %%
if __name__ == "__main__":
    x, y = load()
    print(x.shape, y.shape)
