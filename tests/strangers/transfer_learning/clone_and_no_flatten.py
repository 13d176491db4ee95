import keras
import numpy as np
from keras.layers import Dense


def build_model(base):
    base_model = keras.models.clone_model(base)
    base_model.trainable = False
    model = keras.Sequential()
    model.add(base_model)
    model.add(Dense(32, activation="relu"))
    model.add(Dense(5, activation="softmax"))
    model.compile(loss="sparse_categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
    return model


def train(model, x_train, y_train, x_val, y_val):
    return model.fit(x_train / 255, y_train, epochs=15, batch_size=32, validation_data=(x_val / 255, y_val))


def count_parameters(model):
    return {"trainable": sum(int(np.prod(w.shape)) for w in model.trainable_weights),
            "frozen": sum(int(np.prod(w.shape)) for w in model.non_trainable_weights)}
