# loses: nothing
# why: A table for each layer, SciPy's softmax, and a generator behind it all.

import keras
import pandas as pd
from scipy.special import softmax


def build_model():
    parts = []
    for units, activation in ((8, "relu"), (3, "softmax")):
        parts += [keras.layers.Dense(units, kernel_initializer="he_normal"), keras.layers.Activation(activation)]
    model = keras.Sequential([keras.Input((4,))] + parts)
    model.compile(loss="sparse_categorical_crossentropy", optimizer=keras.optimizers.Adam(5e-3), metrics=["accuracy"])
    return model


def train(model, x_train, y_train, x_val, y_val):
    stop = keras.callbacks.EarlyStopping(patience=25, restore_best_weights=True)
    return model.fit(
        x_train, y_train, validation_data=(x_val, y_val), epochs=120, batch_size=16, verbose=0, callbacks=[stop]
    )


def _steps(model, x):
    table = pd.DataFrame(x)
    yield table
    for layer in model.layers:
        if layer.get_weights():
            kernel, bias = layer.get_weights()
            table = table.dot(kernel) + bias
        elif "relu" in str(layer.get_config()["activation"]):
            table = table.clip(lower=0)
        else:
            table = pd.DataFrame(softmax(table.to_numpy(), axis=1))
        yield table


def forward(model, x):
    return list(_steps(model, x))
