# Übung 5 - drei Winzer
import numpy as np
import tensorflow as tf


class WeinNetz(tf.keras.Model):
    def __init__(self, neuronen=(12, 8)):
        super(WeinNetz, self).__init__()
        self.schichten = [tf.keras.layers.Dense(n, activation="relu") for n in neuronen]
        self.aussetzen = tf.keras.layers.Dropout(0.1)
        self.ausgabe = tf.keras.layers.Dense(3, activation="softmax")

    def call(self, eingabe, training=None):
        x = eingabe
        for schicht in self.schichten:
            x = schicht(x)
        if training:
            x = self.aussetzen(x, training=training)
        return self.ausgabe(x)


def prepare(x_train, x_test):
    """Standardisieren, ohne die Testdaten anzusehen."""
    mittel = x_train.mean(axis=0)
    abweichung = x_train.std(axis=0)
    abweichung[abweichung == 0] = 1
    return (x_train - mittel) / abweichung, (x_test - mittel) / abweichung


def build_model():
    netz = WeinNetz()
    netz.compile(optimizer=tf.keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return netz


def train(model, x_train, y_train, x_val, y_val):
    verlauf = model.fit(x_train, y_train, epochs=40, batch_size=16, validation_data=(x_val, y_val), verbose=0)
    return verlauf


def evaluate(model, x, y):
    vorhersage = np.argmax(model.predict(x, verbose=0), axis=1)
    trefferquote = {}
    for winzer in range(3):
        anzahl = np.sum(y == winzer)
        richtig = np.sum((y == winzer) & (vorhersage == winzer))
        trefferquote[winzer] = richtig / anzahl if anzahl > 0 else 0
    return {"accuracy": np.mean(vorhersage == y), "recall": trefferquote}
