# %% [markdown]
# # Transfer Learning
#
# Lies zuerst das Aufgabenblatt (`task.de.md`). Ersetze jedes `raise NotImplementedError` durch deinen
# eigenen Code und behalte die Namen der Funktionen und die Reihenfolge ihrer Argumente bei. Importe,
# Hilfsfunktionen und weitere Zellen kannst du überall ergänzen. Prüfe deine Arbeit, so oft du magst;
# unfertige Funktionen stören nicht:
#
#     grader check transfer_learning submission.py

# %%
import keras
import numpy as np

# %% [markdown]
# ## 1. Ein neuer Kopf auf einer trainierten Basis


# %%
def build_model(base):
    """Bau und kompiliere ein Netz für fünf neue Ziffern auf einer Basis, die andere kennt.

    base: ein keras.Model ohne Kopf, trainiert mit den Ziffern 0 bis 4. Es nimmt Bilder (n, 16, 16, 1)
          und liefert Merkmale (n, 2, 2, 64)

    Gibt ein kompiliertes keras.Model mit fünf Ausgängen zurück. Die Basis ist darin und eingefroren.
    Ausgabe-Aktivierung und Loss passen zueinander und zu den Labels, ganzen Zahlen von 0 bis 4.
    """
    raise NotImplementedError


# %%
def train(model, x_train, y_train, x_val, y_val):
    """Trainiere den Kopf mit fit und gib die History zurück, die fit zurückgibt.

    x_train, x_val: Bilder (n, 16, 16, 1) von 0 bis 1
    y_train, y_val: ganzzahlige Labels von 0 bis 4, eines für jede der Ziffern 5 bis 9; auch die
                    Validierungsdaten gehen an fit
    """
    raise NotImplementedError


# %% [markdown]
# ## 2. Zählen, was lernt


# %%
def count_parameters(model):
    """Gib zwei ganze Zahlen zurück: wie viele Zahlen des Modells das Training ändern darf, und wie viele nicht."""
    raise NotImplementedError


# %% [markdown]
# ## 3. Selbst ausprobieren
#
# Der Grader gibt dir die trainierte Basis. Diese Zelle baut eine mit denselben Schichten und zufälligen
# Gewichten: Damit kannst du deinen Code ohne ihn laufen lassen und sehen, wie viel schlechter derselbe
# Kopf dann wird.


# %%
if __name__ == "__main__":
    features = picture = keras.Input(shape=(16, 16, 1))
    for filters in (16, 32, 64):
        features = keras.layers.Conv2D(filters, 3, padding="same", use_bias=False)(features)
        features = keras.layers.BatchNormalization()(features)
        features = keras.layers.ReLU()(features)
        features = keras.layers.MaxPooling2D()(features)
    untrained_base = keras.Model(picture, features, name="base")
    untrained_base.summary()
