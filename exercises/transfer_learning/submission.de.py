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
# `base.npz` enthält die Schichten der trainierten Basis und ihre Gewichte. `grader start` legt die Datei neben
# diese. Die Zelle liest sie und macht eine zweite Basis mit denselben Schichten und zufälligen Gewichten: Sieh,
# wie viel schlechter derselbe Kopf darauf wird.


# %%
if __name__ == "__main__":
    with np.load("base.npz") as saved:
        base = keras.models.model_from_json(saved["architecture"].tobytes().decode())
        base.set_weights([saved[name] for name in sorted(saved.files) if name.startswith("weight_")])
    untrained_base = keras.models.clone_model(base)
    base.summary()
