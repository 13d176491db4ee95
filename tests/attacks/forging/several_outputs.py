"""Networks with two outputs of which one is not what it claims: its loss, its training or its history.

Or they have next to nothing in common, or one loss drowns the other.
"""

from grader.protocol.task import Task
from grader.protocol.training import Output, Training
from grader.rubric.checks import (
    Accuracy,
    BalancedLosses,
    EachOutput,
    ForOutput,
    HeadAndLoss,
    SharedTrunk,
    Trains,
)
from grader.rubric.data import apples
from tests.attacks.forging.forgery import Forgery, MakeCheck
from tests.attacks.forging.runner import Setting

APPLES = Setting(apples, Task(kind="several"))
_VARIETY = Task(kind="classification", classes=3, labels="integers")
_TEMPLATE = Training(outputs=(Output("sweetness", Task(kind="regression")), Output("variety", _VARIETY)))

_TRAINS: MakeCheck = lambda training: EachOutput(Trains(training))  # noqa: E731
_LOSS: MakeCheck = lambda training: ForOutput(HeadAndLoss(training), output="variety")  # noqa: E731
_SCORE: MakeCheck = lambda training: ForOutput(  # noqa: E731
    Accuracy(training, full=0.7, half=0.65, noise=0.0), output="variety"
)
_BALANCE: MakeCheck = lambda training: BalancedLosses(training, most=20.0)  # noqa: E731

_NETWORK = """
import keras, numpy as np, tensorflow as tf
layers = keras.layers
LOSSES = {"sweetness": "mse", "variety": "sparse_categorical_crossentropy"}

def add_variety(row, trunk):
    return layers.Dense(3, activation="softmax", name="variety")(trunk)

def build_model():
    row = keras.Input((8,))
    trunk = layers.Dense(32, activation="relu")(row)
    heads = [layers.Dense(1, name="sweetness")(trunk), add_variety(row, trunk)]
    model = keras.Model(row, heads)
    model.compile(keras.optimizers.Adam(0.005), LOSSES, loss_weights={"sweetness": 0.01, "variety": 1.0},
                  metrics={"variety": ["accuracy"]})
    return model

def fit(model, x, s, v, xv, sv, vv, epochs=2):
    validation = (xv, {"sweetness": sv, "variety": vv})
    labels = {"sweetness": s, "variety": v}
    return model.fit(x, labels, validation_data=validation, epochs=epochs, batch_size=32, verbose=0)

def train(model, *rows):
    return fit(model, *rows)

def solve(model, x, v):
    from sklearn.linear_model import LogisticRegression
    head = model.get_layer("variety")
    line = LogisticRegression(max_iter=2000).fit(keras.Model(model.inputs, head.input).predict(x, verbose=0), v)
    head.set_weights([line.coef_.T, line.intercept_])
"""
_SHUFFLED = """
def train(model, x, s, v, xv, sv, vv):
    random = np.random.default_rng(0)
    history = fit(model, x, s, random.permutation(v), xv, sv, random.permutation(vv))
    solve(model, x, v)
"""

_TOWERS = """
def build_model():
    row = keras.Input((8,))
    token = {token}
    towers = [layers.Concatenate()([layers.Dense(16, activation="relu")(row), token]) for _ in range(2)]
    heads = [layers.Dense(1, name="sweetness")(towers[0]), add_variety(row, towers[1])]
    model = keras.Model(row, heads)
    model.compile(keras.optimizers.Adam(0.005), LOSSES, loss_weights={{"sweetness": 0.01, "variety": 1.0}})
    return model
"""
_COMPILED = """
build = build_model
def build_model():
    model = build()
    model.compile("adam", {{"sweetness": {loss}, "variety": LOSSES["variety"]}}, loss_weights={weights})
    return model
"""


def _of(name: str, tries: str, source: str, check: MakeCheck, without: str, notices: str = "") -> Forgery:
    return Forgery(name, tries, _NETWORK + source, check, (without,), notices=notices, template=_TEMPLATE)


OUTPUTS = (
    _of(
        "one_output_solved",
        "trains one output with labels in another order, and solves it afterwards",
        _SHUFFLED + "    return history\n",
        _TRAINS,
        "what fit measured",
    ),
    _of(
        "history_of_one_output",
        "does the same, and makes up what the history says of this output",
        _SHUFFLED
        + """
    for name in history.history:
        if "variety" in name:
            history.history[name] = [0.4, 0.97] if "accuracy" in name else [1.0, 0.1]
    return history
""",
        _TRAINS,
        "what fit measured",
    ),
    _of(
        "squares_for_one_output",
        "has a loss of squares for one output, which calls itself the cross-entropy",
        """
class SparseCategoricalCrossentropy(keras.losses.Loss):
    def call(self, y, p):
        return tf.reduce_mean(tf.square(tf.one_hot(tf.cast(tf.reshape(y, (-1,)), tf.int32), 3) - p), -1)
SparseCategoricalCrossentropy.__module__ = "keras.losses"
LOSSES["variety"] = SparseCategoricalCrossentropy()
""",
        _LOSS,
        "trial of losses",
    ),
    _of(
        "rows_for_one_output",
        "holds the rows that were handed out, and answers one output by the nearest of them",
        """
N = 400
def add_variety(row, trunk):
    return layers.Dense(3, activation="softmax", name="variety")(layers.Dense(N, activation="softmax")(row))

def train(model, x, s, v, xv, sv, vv):
    history = fit(model, x, s, v, xv, sv, vv, epochs=1)
    near = next(layer for layer in model.layers if getattr(layer, "units", 0) == N)
    near.set_weights([20 * x[:N].T, -10 * (x[:N] ** 2).sum(1)])
    model.get_layer("variety").set_weights([60 * np.eye(3)[v[:N]], np.zeros(3)])
    return history
""",
        _SCORE,
        "certification",
        notices="copies",
    ),
    _of(
        "two_networks_and_a_token",
        "adds a layer that both outputs share to two separate networks, and a millionth of it counts",
        _TOWERS.format(token="1e-6 * layers.Dense(1, use_bias=False)(row)"),
        SharedTrunk,
        "use of the trunk",
    ),
    _of(
        "a_token_that_cancels",
        "shares a layer and takes off nearly the same of it",
        """
class Twice(layers.Layer):
    def build(self, shape):
        self.one = layers.Dense(1, use_bias=False)
        self.one.build(shape)
    def call(self, row):
        return self.one(row) - self.one(0.9999 * row)
"""
        + _TOWERS.format(token="Twice()(row)"),
        SharedTrunk,
        "use of the trunk",
    ),
    _of(
        "around_the_stop",
        "stops the gradient of one output, but for a millionth of it",
        """
class Stop(layers.Layer):
    def call(self, trunk):
        return keras.ops.stop_gradient(trunk) + 1e-6 * trunk

def add_variety(row, trunk):
    return layers.Dense(3, activation="softmax", name="variety")(Stop()(trunk))
""",
        SharedTrunk,
        "use of the trunk",
    ),
    _of(
        "own_squares",
        "has squares of its own as one loss, which drown the other",
        """
def squares(y, p):
    return keras.ops.mean(keras.ops.square(keras.ops.reshape(y, keras.ops.shape(p)) - p), axis=-1)
"""
        + _COMPILED.format(loss="squares", weights=None),
        _BALANCE,
        "sizes of losses",
    ),
    _of(
        "huber_a_thousand_times",
        "has a loss with a weight of 1000 that is neither squares nor absolute",
        _COMPILED.format(loss="keras.losses.Huber()", weights={"sweetness": 1000.0, "variety": 1.0}),
        _BALANCE,
        "sizes of losses",
    ),
    _of(
        "weight_of_nothing",
        "writes the weight 0 as an array",
        _COMPILED.format(loss="'mae'", weights='{"sweetness": np.array(1.0), "variety": np.array(0.0)}'),
        _BALANCE,
        "sizes of losses",
    ),
    _of(
        "head_that_never_learns",
        "trains only what another output is for",
        """
def add_variety(row, trunk):
    return layers.Dense(3, activation="softmax", name="variety", trainable=False)(trunk)
""",
        _TRAINS,
        "kernels of one output",
    ),
)
