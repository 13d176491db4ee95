"""Right: all three networks learn the slopes of PReLU, and the class makes its layers in another order."""

import keras, numpy as np
from keras import layers
from sklearn.metrics import r2_score, mean_absolute_error

N = 32


def compiled(model):
    model.compile(optimizer=keras.optimizers.Nadam(0.004), loss="mse", metrics=["mae"])
    return model


def build_sequential(n_features):
    return compiled(keras.Sequential([keras.Input((n_features,)), layers.Dense(N), layers.PReLU(), layers.Dense(N), layers.PReLU(), layers.Dense(1)]))


def build_functional(n_features):
    x = inputs = keras.Input((n_features,))
    for i in range(2):
        x = layers.Dense(N, name=f"h{i}")(x)
        x = layers.PReLU()(x)
    return compiled(keras.Model(inputs, layers.Dense(1)(x)))


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.out = layers.Dense(1)
        self.acts = [layers.PReLU(), layers.PReLU()]
        self.hidden = [layers.Dense(N), layers.Dense(N)]

    def call(self, x):
        for h, a in zip(self.hidden, self.acts):
            x = a(h(x))
        return self.out(x)


def build_subclassed(n_features):
    m = Net()
    m.build((None, n_features))
    return compiled(m)


def train(model, x, y, x_val, y_val):
    return model.fit(x, y, validation_data=(x_val, y_val), epochs=30, verbose=0)


def scores(model, x, y):
    p = model.predict(x, verbose=0)[:, 0]
    return {"r2": r2_score(y, p), "mae": mean_absolute_error(y, p)}


STYLE_FACTS = {"one_after_another": {"sequential"}, "easiest_overview": {"sequential"}, "branches": {"functional", "subclassed"}, "threaded_by_hand": {"functional", "subclassed"},
               "own_layers": {"sequential", "functional", "subclassed"}, "conditions_and_loops": {"subclassed"}, "class_of_its_own": {"subclassed"},
               "shapes_known_at_once": {"sequential", "functional"}, "compile_and_fit": {"sequential", "functional", "subclassed"}}
