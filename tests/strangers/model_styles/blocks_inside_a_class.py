import keras
from keras import layers
from sklearn.metrics import mean_absolute_error, r2_score

UNITS = 48


def finish(model):
    model.compile(optimizer=keras.optimizers.Nadam(0.004), loss="huber", metrics=["mae"])
    return model


def build_sequential(n_features):
    model = keras.Sequential(name="one_after_another")
    model.add(layers.InputLayer(shape=(n_features,)))
    for i in (1, 2):
        model.add(layers.Dense(UNITS, activation="gelu", name=f"hidden_{i}"))
    model.add(layers.Dense(1, name="out"))
    return finish(model)


def build_functional(n_features):
    first = x = layers.Input(shape=(n_features,))
    for _ in range(2):
        x = layers.Dense(units=UNITS, activation=keras.activations.gelu)(x)
    return finish(keras.models.Model(inputs=[first], outputs=[layers.Dense(1)(x)]))


class Regressor(keras.models.Model):
    def __init__(self, n_features, **kwargs):
        super().__init__(**kwargs)
        self.body = keras.Sequential([layers.Dense(UNITS, activation="gelu"), layers.Dense(UNITS, activation="gelu")])
        self.out = layers.Dense(1)
        self.build((None, n_features))

    def call(self, x):
        return self.out(self.body(x))


def build_subclassed(n_features):
    return finish(Regressor(n_features))


def train(model, x, y, x_val, y_val):
    return model.fit(x, y, epochs=10, batch_size=32, validation_data=(x_val, y_val), verbose=0)


def scores(model, x, y):
    y_pred = model.predict(x, verbose=0)
    return {"r2": r2_score(y, y_pred), "mae": mean_absolute_error(y, y_pred)}


ANY, NOT_SEQ = ["sequential", "functional", "subclassed"], ["functional", "subclassed"]
STYLE_FACTS = dict(
    one_after_another="sequential", easiest_overview="sequential", branches=NOT_SEQ, threaded_by_hand=NOT_SEQ,
    own_layers=ANY, conditions_and_loops="subclassed", class_of_its_own="subclassed",
    shapes_known_at_once=["sequential", "functional"], compile_and_fit=ANY,
)
