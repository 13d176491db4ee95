import keras
import numpy as np
from sklearn.metrics import r2_score


def build_model():
    model = keras.Sequential()
    model.add(keras.layers.Dense(64, input_dim=8, activation="relu"))
    model.add(keras.layers.Dense(32, activation="relu"))
    model.add(keras.layers.Dense(1, name="sweetness"))
    model.add(keras.layers.Dense(3, activation="softmax", name="variety"))
    model.compile(
        optimizer="adam",
        loss={"sweetness": "mse", "variety": "sparse_categorical_crossentropy"},
        loss_weights={"sweetness": 0.01, "variety": 1},
    )
    return model


def train(model, x_train, sweetness_train, variety_train, x_val, sweetness_val, variety_val):
    return model.fit(x_train, {"sweetness": sweetness_train, "variety": variety_train},
                     validation_data=(x_val, {"sweetness": sweetness_val, "variety": variety_val}), epochs=50)


def scores(model, x, sweetness, variety):
    s, v = model.predict(x)
    return {"sweetness": r2_score(sweetness, s), "variety": np.mean(np.argmax(v, axis=1) == variety)}
