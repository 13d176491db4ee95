# loses: nothing
# why: keras.Model(base.input, head(base.output)); each layer of the base is frozen by itself; dropout and a hidden layer.

from tensorflow import keras
import numpy as np


def build_model(base):
    for layer in base.layers:
        layer.trainable = False
    head = keras.Sequential(
        [
            keras.layers.Flatten(),
            keras.layers.Dense(32, activation="relu"),
            keras.layers.Dropout(0.2),
            keras.layers.Dense(5, activation="softmax"),
        ]
    )
    model = keras.Model(inputs=base.input, outputs=head(base.output))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def train(model, x_train, y_train, x_val, y_val):
    stop = keras.callbacks.EarlyStopping(patience=15, restore_best_weights=True)
    return model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=80, callbacks=[stop], verbose=0)


def count_parameters(model):
    learn = np.sum([np.prod(w.shape) for w in model.trainable_variables])
    return [learn, model.count_params() - learn]
