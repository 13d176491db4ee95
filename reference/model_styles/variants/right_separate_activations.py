# loses: nothing
# why: Activations as layers of their own, as functions, and as arguments: three spellings of one network.
import numpy as np
import tensorflow as tf
from sklearn.metrics import mean_absolute_error, r2_score
from tensorflow import keras
from tensorflow.keras import layers


def prepare(model):
    model.compile(loss="mean_squared_error", optimizer=keras.optimizers.RMSprop(learning_rate=0.003))
    return model


def build_sequential(n_features):
    model = keras.Sequential()
    model.add(keras.Input((n_features,)))
    model.add(layers.Dense(64))
    model.add(layers.Activation("tanh"))
    model.add(layers.Dense(64))
    model.add(layers.Activation("tanh"))
    model.add(layers.Dense(1, activation="linear"))
    return prepare(model)


def build_functional(n_features):
    x = inputs = layers.Input(shape=(n_features,), name="features")
    for number in range(2):
        x = layers.Dense(64, activation="tanh", name=f"hidden_{number}")(x)
    return prepare(keras.models.Model(inputs=inputs, outputs=layers.Dense(1, name="price")(x), name="net"))


class MyModel(keras.Model):
    def __init__(self, units=64, **kwargs):
        super().__init__(**kwargs)
        self.hidden = [layers.Dense(units) for _ in range(2)]
        self.out = layers.Dense(1)

    def call(self, x, training=None):
        for layer in self.hidden:
            x = tf.nn.tanh(layer(x))
        return self.out(x)


def build_subclassed(n_features):
    return prepare(MyModel())


def train(model, x, y, x_val, y_val):
    return model.fit(x, y.reshape(-1, 1), validation_data=(x_val, y_val.reshape(-1, 1)), epochs=40, verbose=0)


def scores(model, x, y):
    predicted = model.predict(x, verbose=0)
    return {"r2": r2_score(y, predicted), "mae": mean_absolute_error(y, predicted)}


STYLE_FACTS = {
    "one_after_another": "sequential",
    "easiest_overview": ["sequential"],
    "branches": ("functional", "subclassed"),
    "threaded_by_hand": "functional and subclassed",
    "own_layers": "all three",
    "conditions_and_loops": "Subclassing",
    "class_of_its_own": "subclass",
    "shapes_known_at_once": ["Sequential", "Functional"],
    "compile_and_fit": np.array(["sequential", "functional", "subclassed"]),
}
