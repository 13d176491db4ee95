import keras
import numpy as np


def build_model(base):
    model = keras.Sequential([
        base,
        keras.layers.Flatten(),
        keras.layers.Dense(5, activation="softmax"),
    ])
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def train(model, x_train, y_train, x_val, y_val):
    model.fit(x_train, y_train, epochs=1)
    # now freeze
    model.layers[0].trainable = False
    history = model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=20)
    return history


def count_parameters(model):
    trainable = model.count_params()
    non_trainable = sum(np.prod(w.shape) for w in model.non_trainable_weights)
    return trainable, non_trainable
