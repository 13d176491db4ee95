# loses: nothing
# why: German names, raw outputs with from_logits, mean absolute error, which is of the right size without weights.

import keras
import numpy as np


def build_model():
    merkmale = keras.Input(shape=(8,), name="merkmale")
    rumpf = keras.layers.Dense(64, activation="elu")(merkmale)
    rumpf = keras.layers.Dense(16, activation="elu")(rumpf)
    suesse = keras.layers.Dense(1, activation="linear", name="sweetness")(rumpf)
    sorte = keras.layers.Dense(3, name="variety")(rumpf)
    netz = keras.Model(inputs=merkmale, outputs=[suesse, sorte], name="aepfel")
    netz.compile(
        optimizer=keras.optimizers.Adam(learning_rate=0.005),
        loss=[keras.losses.MeanAbsoluteError(), keras.losses.SparseCategoricalCrossentropy(from_logits=True)],
    )
    return netz


def train(netz, x, suesse, sorte, x_val, suesse_val, sorte_val):
    bremse = keras.callbacks.EarlyStopping(patience=8, restore_best_weights=True)
    return netz.fit(
        x,
        [suesse, sorte],
        validation_data=(x_val, [suesse_val, sorte_val]),
        epochs=40,
        verbose=0,
        callbacks=[bremse],
    )


def scores(netz, x, suesse, sorte):
    vorhersage = netz.predict(x, verbose=0)
    rest = float(((suesse - vorhersage[0].ravel()) ** 2).sum())
    treffer = sum(int(a == b) for a, b in zip(vorhersage[1].argmax(axis=1), sorte))
    return {"sweetness": 1 - rest / float(((suesse - suesse.mean()) ** 2).sum()), "variety": treffer / len(sorte)}
