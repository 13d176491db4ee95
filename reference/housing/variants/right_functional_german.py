# loses: nothing
# why: Functional, German names, the target by the largest value of the training part, the figure with plot and hlines.
import matplotlib.pyplot as plt
import numpy as np
from tensorflow import keras
from tensorflow.keras import layers


def prepare(x_train, x_test, y_train, y_test):
    mittel, streuung = np.mean(x_train, axis=0), np.std(x_train, axis=0)
    streuung[streuung == 0] = 1
    groesster = np.max(y_train)
    return (x_train - mittel) / streuung, (x_test - mittel) / streuung, y_train / groesster, y_test / groesster


def build_model():
    eingang = keras.Input(shape=(8,))
    schicht = eingang
    for breite in (16, 16):
        schicht = layers.Dense(breite, activation="elu")(schicht)
        schicht = layers.Dropout(rate=0.05)(schicht)
    modell = keras.Model(eingang, layers.Dense(1)(schicht))
    modell.compile(keras.optimizers.SGD(0.02, momentum=0.9), loss=keras.losses.Huber())
    return modell


def train(modell, x, y, x_val, y_val):
    return modell.fit(x, y, epochs=40, batch_size=32, validation_data=(x_val, y_val), verbose=0)


def scores(modell, x, y):
    vorhersage = modell.predict(x, verbose=0)[:, 0]
    rest, gesamt = ((y - vorhersage) ** 2).sum(), ((y - y.mean()) ** 2).sum()
    return {"R2": float(1 - rest / gesamt), "MAE": round(float(abs(y - vorhersage).mean()), 3)}


def residual_plot(modell, x, y):
    vorhersage = modell.predict(x, verbose=0)[:, 0]
    plt.figure()
    plt.plot(vorhersage, y - vorhersage, "o", alpha=0.4)
    plt.hlines(0, vorhersage.min(), vorhersage.max(), colors="k")
    plt.xlabel("Vorhersage")
    plt.ylabel("Residuum")
    return plt.gcf()
