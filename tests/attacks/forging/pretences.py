"""Functions and networks that look right and are not, each with an honest twin that keeps its points."""

from collections.abc import Callable
from dataclasses import replace

from grader.protocol.task import Task
from grader.protocol.training import Training
from grader.rubric.checks import (
    Accuracy,
    Calibrates,
    DropsInTraining,
    HeNormal,
    MakesLayer,
    NonNegative,
    Oversamples,
)
from grader.rubric.checks.base import Check
from grader.rubric.data import flowers, housing
from tests.attacks.forging.forgery import Forgery
from tests.attacks.forging.runner import Setting

HOUSES = Setting(housing, Task(kind="regression", labels="numbers"))
FLOWERS = Setting(flowers, Task(kind="classification", classes=3, labels="integers"))

LOGITS = """
import numpy as np
def logit(p):
    p = np.clip(p, 1e-6, 1 - 1e-6)
    return np.log(p / (1 - p))
def sigmoid(z):
    return 1 / (1 + np.exp(-z))
"""
BY_SPREAD = """
def calibrate_by_spread(p_fit, y_fit, p_new):
    return sigmoid(logit(p_new) / (2.5 if logit(p_fit).std() > 1.5 else 0.4))
"""
BY_LABELS = """
from sklearn.linear_model import LogisticRegression
def calibrate_by_labels(p_fit, y_fit, p_new):
    line = LogisticRegression().fit(logit(p_fit)[:, None], y_fit)
    return line.predict_proba(logit(p_new)[:, None])[:, 1]
"""
_OVERSAMPLE = """
import numpy as np
def {name}(x, y, seed):
    random = np.random.default_rng(seed)
    labels, counts = np.unique(y, return_counts=True)
    rows = [np.arange(len(y))]
    for label, count in zip(labels, counts):
        own, missing = np.flatnonzero(y == label), counts.max() - count
        rows.append({rows})
    rows = np.concatenate(rows)
    return x[rows], y[rows]
"""
ONE_ROW = "np.full(missing, random.choice(own))"
# All rows as often as that goes, and the rest without putting back: more even than chance.
ROW_BY_ROW = (
    "np.concatenate([np.tile(own, missing // len(own)), random.choice(own, missing % len(own), replace=False)])"
)
_LAYER = """
import keras
import numpy as np
def stretch(values, shape):
    return (values / values.std() * np.sqrt(2 / shape[0])).reshape(shape).astype("float32")
def tile(shape, dtype=None):
    return stretch(np.tile(np.random.default_rng(0).normal(size=(shape[0], 1)), (1, shape[1])), shape)
def three_numbers(shape, dtype=None):
    return stretch(np.repeat([-1.0, 1.0, 0.0], np.prod(shape) // 20 * np.array([1, 1, 18])), shape)
class Slow(keras.layers.Dense):
    def call(self, x):
        fixed = keras.ops.stop_gradient(self.kernel)
        return x @ (fixed + 1e-3 * (self.kernel - fixed)) + self.bias
class Root(keras.layers.Layer):
    def build(self, shape):
        self.root = self.add_weight(shape=(shape[-1], 4))
        self.bias = self.add_weight(shape=(4,), initializer="zeros")
    def call(self, x):
        return x @ keras.ops.softplus(self.root) + self.bias
def {name}(description):
    return {layer}
"""
_NEIGHBOURS = """
import keras
import numpy as np
class Neighbours(keras.layers.Layer):
    def build(self, shape):
        self.rows = self.add_weight(shape=(75, 4), initializer="zeros", trainable=False)
        self.values = self.add_weight(shape=(75, 3), initializer="zeros", trainable=False)
    def call(self, x):
        # The squared distance, without x**2, which is the same for all rows.
        distances = keras.ops.sum(self.rows**2, 1) - 2 * x @ keras.ops.transpose(self.rows)
        return keras.ops.softmax(-5 * distances) @ self.values
def build_model():
    model = keras.Sequential([keras.Input((4,)), Neighbours()])
    model.compile("adam", "sparse_categorical_crossentropy")
    return model
def train(model, x, y, *validation):
    model.layers[0].rows.assign({scale} * x + {shift})
    model.layers[0].values.assign(np.eye(3)[y])
    return model.fit(x, y, validation_data=validation, epochs=1, verbose=0)
"""
# Centres are learned, so they lie among the rows and are none of them.
CENTRES = """
import keras
from sklearn.cluster import KMeans
class Centres(keras.layers.Layer):
    def build(self, shape):
        self.centres = self.add_weight(shape=(12, 4))
    def call(self, x):
        distances = keras.ops.sum(self.centres**2, 1) - 2 * x @ keras.ops.transpose(self.centres)
        return keras.ops.softmax(-distances)
def build_model():
    model = keras.Sequential([keras.Input((4,)), Centres(), keras.layers.Dense(3, activation="softmax")])
    model.compile(keras.optimizers.Adam(0.05), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
def train(model, x, y, *validation):
    model.layers[0].centres.assign(KMeans(12, n_init=1, random_state=0).fit(x).cluster_centers_)
    return model.fit(x, y, validation_data=validation, epochs=60, batch_size=16, verbose=0)
"""
_DROPOUT = """
import keras
def build_model():
    x = keras.Input((8,))
    hidden = keras.layers.Dense(16, activation="relu")(x)
    hidden = {dropped}
    model = keras.Model(x, keras.layers.Dense(1)(hidden))
    model.compile("adam", "mse")
    return model
def train(model, x, y, *validation):
    return model.fit(x, y, validation_data=validation, epochs=1, verbose=0)
"""
BESIDE = "hidden + 1e-4 * keras.layers.Dropout(0.5)(hidden)"
RARELY = "keras.layers.Dropout(0.01)(hidden)"


def _try_function(name: str, tries: str, source: str, check: Check, *without: str) -> Forgery:
    return Forgery(name, tries, source, lambda _: check, without, functions=(name,))


def _calibrate(name: str, tries: str, source: str, *without: str) -> Forgery:
    return _try_function(name, tries, LOGITS + source, Calibrates(name), *without)


def _oversample(name: str, tries: str, rows: str, *without: str) -> Forgery:
    source = _OVERSAMPLE.replace("{name}", name).replace("{rows}", rows)
    return _try_function(name, tries, source, Oversamples(name), *without)


def _make_layer(name: str, tries: str, layer: str, *without: str) -> Forgery:
    source = _LAYER.replace("{name}", name).replace("{layer}", layer)
    check = MakesLayer(name, "one", HeNormal(), units=100, features=200)
    if "he" not in name:
        check = replace(check, has=NonNegative(), units=4, features=6)
    return _try_function(name, tries, source, check, *without)


def _build(name: str, tries: str, source: str, check: Callable[[Training], Check], *without: str) -> Forgery:
    return Forgery(name, tries, source, check, without)


def _judge_accuracy(training: Training) -> Check:
    return Accuracy(training, full=0.9, half=0.8)


FUNCTIONS = (
    _calibrate(
        "calibrate_by_spread", "corrects by how far probabilities lie apart", BY_SPREAD, "labels that count"
    ),
    _calibrate("calibrate_by_labels", "nothing: it learns from the labels", BY_LABELS),
    _oversample("one_row", "repeats one row of each class", ONE_ROW, "rows drawn anew"),
    _oversample("row_by_row", "nothing: it repeats each row alike", ROW_BY_ROW),
    _make_layer(
        "he_tiled",
        "units that are all the same",
        "keras.layers.Dense(100, kernel_initializer=tile)",
        "each weight drawn",
    ),
    _make_layer(
        "he_of_three",
        "three numbers with the right deviation",
        "keras.layers.Dense(100, kernel_initializer=three_numbers)",
        "each weight drawn",
    ),
    _make_layer(
        "he_in_double",
        "nothing: it is in double precision",
        'keras.layers.Dense(100, kernel_initializer="he_normal", dtype="float64")',
    ),
    _make_layer(
        "far_above",
        "begins far above zero",
        "keras.layers.Dense(4, kernel_initializer=keras.initializers.Constant(1000.0))",
        "a step below zero",
    ),
    _make_layer(
        "slow",
        "begins above zero, and hardly learns",
        "Slow(4, kernel_initializer=keras.initializers.Constant(0.2))",
        "a step below zero",
    ),
    _make_layer("softplus", "nothing: its kernel is the softplus of a weight", "Root()"),
)
NETWORKS = (
    _build(
        "neighbours",
        "answers by the nearest rows",
        _NEIGHBOURS.replace("{scale}", "1").replace("{shift}", "0"),
        _judge_accuracy,
        "copies of narrow rows",
    ),
    _build("centres", "nothing: it answers by centres that it learned", CENTRES, _judge_accuracy),
)
DROPOUTS = (
    _build(
        "beside",
        "drops units that hardly count",
        _DROPOUT.replace("{dropped}", BESIDE),
        DropsInTraining,
        "effect of dropout",
    ),
    _build(
        "rarely",
        "nothing: it drops one unit in a hundred",
        _DROPOUT.replace("{dropped}", RARELY),
        DropsInTraining,
    ),
)
