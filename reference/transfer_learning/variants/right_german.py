# loses: nothing
# why: German names, noise in front of the base, BatchNormalization in the head, dtype float64.

import keras
import numpy as np

KLASSEN = 5


def build_model(basis):
    basis.trainable = False
    eingang = keras.layers.Input((16, 16, 1), name="Bild")
    bild = keras.layers.GaussianNoise(0.02)(eingang)
    merkmale = keras.layers.GlobalAveragePooling2D()(basis(bild))
    merkmale = keras.layers.BatchNormalization()(merkmale)
    ausgang = keras.layers.Dense(KLASSEN, activation=keras.activations.softmax)(merkmale)
    netz = keras.models.Model(inputs=[eingang], outputs=[ausgang])
    netz.compile(
        loss=keras.losses.sparse_categorical_crossentropy, optimizer=keras.optimizers.Nadam(0.01), metrics=["accuracy"]
    )
    return netz


def train(netz, x_train, y_train, x_val, y_val):
    return netz.fit(
        x=np.float64(x_train), y=y_train, validation_data=(x_val, y_val), epochs=20, batch_size=25, verbose=0
    )


def count_parameters(netz):
    lernt = int(sum(np.prod(gewicht.shape) for gewicht in netz.trainable_weights))
    alle = int(sum(np.prod(gewicht.shape) for gewicht in netz.weights))
    return np.array([lernt, alle - lernt])
