import numpy as np
from keras import Input, Model, layers


def build_model():
    x = Input((8,))
    gemeinsam = layers.Dense(32, activation="relu")(x)
    gemeinsam = layers.Dense(32, activation="relu")(gemeinsam)
    zahl = layers.Dense(1, name="sweetness")(gemeinsam)
    klasse = layers.Dense(3, activation="softmax", name="variety")(gemeinsam)
    modell = Model(x, [zahl, klasse])
    # immer 0 geraten: 10² = 100, jede Klasse ein Drittel: log(3)
    modell.compile(
        optimizer="adam",
        loss={"sweetness": "mse", "variety": "sparse_categorical_crossentropy"},
        loss_weights={"sweetness": np.log(3) / 100, "variety": 1.0},
    )
    return modell


def train(model, x_train, sweetness_train, variety_train, x_val, sweetness_val, variety_val):
    return model.fit(
        x_train,
        {"sweetness": sweetness_train, "variety": variety_train},
        validation_data=(x_val, {"sweetness": sweetness_val, "variety": variety_val}),
        epochs=40,
        verbose=0,
    )


def scores(model, x, sweetness, variety):
    raise NotImplementedError
