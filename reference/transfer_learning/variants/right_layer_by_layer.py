# loses: nothing
# why: The layers of the base are added one by one, without its last pooling; global max pooling; SGD and one-hot labels.

import keras
import numpy as np
from keras.utils import to_categorical


def build_model(base):
    model = keras.Sequential()
    model.add(keras.Input((16, 16, 1)))
    for layer in base.layers[1:-1]:
        layer.trainable = False
        model.add(layer)
    model.add(keras.layers.GlobalMaxPooling2D())
    model.add(keras.layers.Dense(5))
    model.add(keras.layers.Softmax())
    model.compile(optimizer=keras.optimizers.SGD(0.05, momentum=0.9), loss="categorical_crossentropy", metrics=["acc"])
    return model


def train(model, x_train, y_train, x_val, y_val):
    y_train, y_val = to_categorical(y_train, 5), to_categorical(y_val, 5)
    stop = keras.callbacks.EarlyStopping(patience=6, restore_best_weights=True)
    return model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=60, callbacks=[stop], verbose=0)


def count_parameters(model):
    counts = {True: 0, False: 0}
    for layer in model.layers:
        learning = {id(w) for w in layer.trainable_weights}
        for w in layer.weights:
            counts[id(w) in learning] += w.numpy().size
    return counts[True], counts[False]
