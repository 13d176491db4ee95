# loses: nothing
# why: All weights of the network in pairs, einsum, a generator; the layers ReLU and Softmax instead of Activation.

import keras
import numpy as np
from keras import layers


def build_model():
    model = keras.Sequential(name="iris")
    model.add(layers.Input(shape=(4,)))
    model.add(layers.Dense(8, kernel_initializer="he_uniform"))
    model.add(layers.ReLU())
    model.add(layers.Dense(3))
    model.add(layers.Softmax())
    model.compile(loss=keras.losses.SparseCategoricalCrossentropy(), optimizer=keras.optimizers.RMSprop(0.01))
    return model


def train(model, x_train, y_train, x_val, y_val):
    return model.fit(
        x=x_train, y=y_train, epochs=80, batch_size=16, shuffle=True, verbose=0, validation_data=(x_val, y_val)
    )


def _steps(weights, x):
    yield x
    pairs = list(zip(weights[::2], weights[1::2]))
    for number, (kernel, bias) in enumerate(pairs):
        x = np.einsum("ij,jk->ik", x, kernel) + bias[None, :]
        yield x
        if number < len(pairs) - 1:
            x = np.where(x > 0, x, 0.0)
        else:
            shares = np.exp(x - x.max(axis=-1)[:, None])
            x = shares / shares.sum(axis=-1)[:, None]
        yield x


def forward(model, x):
    return tuple(_steps(model.get_weights(), x))
