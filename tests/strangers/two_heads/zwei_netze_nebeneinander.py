import keras
import numpy as np
from keras.layers import Dense, Input


def build_model():
    eingang = Input((8,))
    # Netz für die Süße
    a = Dense(32, activation="relu")(eingang)
    a = Dense(16, activation="relu")(a)
    suesse = Dense(1, activation="relu", name="sweetness")(a)
    # Netz für die Sorte
    b = Dense(32, activation="relu")(eingang)
    b = Dense(16, activation="relu")(b)
    sorte = Dense(3, activation="softmax", name="variety")(b)
    modell = keras.Model(eingang, [suesse, sorte])
    modell.compile(optimizer="adam", loss=["mse", "sparse_categorical_crossentropy"], metrics=["mae", "accuracy"])
    return modell


def train(model, x_train, sweetness_train, variety_train, x_val, sweetness_val, variety_val):
    return model.fit(x_train, [sweetness_train, variety_train], validation_data=(x_val, [sweetness_val, variety_val]), epochs=40, verbose=0)


def scores(model, x, sweetness, variety):
    suesse, sorte = model.predict(x)
    r2 = 1 - np.sum((sweetness - suesse) ** 2) / np.sum((sweetness - np.mean(sweetness)) ** 2)
    treffer = np.mean(np.argmax(sorte, axis=0) == variety)
    return {"sweetness": r2, "variety": treffer}
