"""Forgeries that say what is not so: of their shape, their weights, their loss, or what they did to arguments."""

from grader.rubric.checks import Architecture, HeadAndLoss, OneNeuron, Standardises
from tests.attacks.forging.forgery import Forgery, MakeCheck
from tests.attacks.forging.public_rows import SCORE

_LAYERS: MakeCheck = lambda training: Architecture(training, inputs=13, hidden=0, outputs=3)  # noqa: E731
_LOSS: MakeCheck = HeadAndLoss

_NETWORK = """
import keras, numpy as np, tensorflow as tf
layers = keras.layers
def make():
    return keras.Sequential([keras.Input((13,)), layers.Dense(3, activation="softmax")])
def build_model():
    model = make()
    model.compile("adam", loss() if callable(globals().get("loss")) else "sparse_categorical_crossentropy")
    return model
def train(model, x, y, xv, yv):
    pass
"""

# The evidence of each step is changed on its way out of the process.
_REPACKED = """
import msgspec
from grader.sandbox.inside import evidence_size
from grader.protocol.evidence import LayerFacts
pack, change = evidence_size.pack, msgspec.structs.replace
def repack(record, arrays):
    model = getattr(record, "model", None)
    return pack(change(record, model=claim(model)) if model is not None else record, arrays)
evidence_size.pack = repack
"""

_OWN_CALL = """
class Own(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(3)
    def call(self, x, training=False):
        return tf.nn.softmax(self.dense(x) + 0.01 * hidden(x))
make = Own
TABLE = np.random.default_rng(0).normal(size=(13, 400)).astype("f4")
def hidden(x):
    return tf.matmul(tf.nn.relu(tf.matmul(x, tf.constant(TABLE))), tf.constant(TABLE[:3].T))
"""

_SQUARES = """
def squares(y, p):
    return tf.reduce_mean(tf.square(tf.one_hot(tf.cast(tf.reshape(y, (-1,)), tf.int32), 3) - p), -1)
"""


def _of_network(name: str, tries: str, source: str, without: str, notices: str = "") -> Forgery:
    alone = "evidence_size.pack" in source
    return Forgery(name, tries, _NETWORK + source, _LAYERS, (without,), notices=notices, is_alone=alone)


def _of_loss(name: str, tries: str, source: str, *, is_alone: bool = False) -> Forgery:
    without = ("trial of losses",)
    return Forgery(name, tries, _NETWORK + _SQUARES + source, _LOSS, without, is_alone=is_alone)


NETWORKS = (
    _of_network(
        "claimed_shape",
        "says that its seven outputs are three",
        _REPACKED
        + """
def make():
    return keras.Sequential([keras.Input((13,)), layers.Dense(7, activation="softmax")])
def claim(model):
    return change(model, graph=change(model.graph, output_shape=(None, 3)))
""",
        "shapes of the replay",
    ),
    _of_network(
        "unclaimed_numbers",
        "holds a table that no layer has",
        _OWN_CALL,
        "certification",
        notices="parameters",
    ),
    _of_network(
        "numbers_in_a_loop",
        "holds a table that no layer has, in the body of a loop",
        _OWN_CALL
        + """
def hidden(x):
    def body(i, total):
        return i + 1, total + tf.matmul(tf.matmul(x, tf.constant(TABLE)), tf.constant(TABLE[:3].T))
    return tf.while_loop(lambda i, total: i < 1, body, (0, 0.0 * x[:, :3]))[1]
""",
        "certification",
        notices="parameters",
    ),
    _of_network(
        "whole_numbers",
        "holds a table of whole numbers that no layer has",
        _OWN_CALL
        + """
SMALL = (TABLE * 40).astype("int8")
def hidden(x):
    table = tf.cast(tf.constant(SMALL), tf.float32)
    return tf.matmul(tf.nn.relu(tf.matmul(x, table)), table[:3], transpose_b=True)
""",
        "certification",
        notices="parameters",
    ),
    _of_network(
        "a_billion_parameters",
        "says that it has a billion parameters, so that each table has room",
        _OWN_CALL + "\nOwn.count_params = lambda self: 10 ** 9\n",
        "certification",
        notices="parameters",
    ),
    _of_network(
        "claimed_layers",
        "says that its layers are others, among which a table has room",
        _OWN_CALL
        + _REPACKED
        + """
def claim(model):
    one = LayerFacts(name="one", kind="Dense", path="", units=900, weight_shapes=((13, 900),))
    return change(model, layers=(one,), parameters=13 * 900)
""",
        "certification",
        notices="kernels",
    ),
    Forgery(
        "claimed_bias",
        "has a weight that nothing is computed with, in place of the bias",
        _NETWORK
        + """
class Neuron(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(1, use_bias=False, activation="sigmoid")
        self.bias = self.add_weight(shape=(1,))
    def call(self, x):
        return self.dense(x)
make = Neuron
def loss():
    return "binary_crossentropy"
""",
        lambda training: OneNeuron((training,)),
        ("biases of the graph",),
    ),
    Forgery(
        "answers_by_neighbours",
        "centres each row by the rows that come with it, so that it cannot answer for one",
        _NETWORK
        + """
class Own(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(3)
    def call(self, x):
        return tf.nn.softmax(self.dense(x - tf.reduce_mean(x, 0)))
make = Own
def train(model, x, y, xv, yv):
    from sklearn.linear_model import LogisticRegression
    line = LogisticRegression().fit(x, y)
    model.set_weights([line.coef_.T, line.intercept_])
""",
        SCORE,
        ("one answer for a row", "certification"),
    ),
)

LOSSES = (
    _of_loss(
        "loss_with_the_name_of_a_class",
        "is a class of squares that calls itself Keras's cross-entropy",
        """
class Loss(keras.losses.Loss):
    def call(self, y, p): return squares(y, p)
Loss.__module__, Loss.__name__ = "keras.losses", "SparseCategoricalCrossentropy"
loss = Loss
""",
    ),
    _of_loss(
        "loss_with_the_name_of_a_function",
        "is a function of squares that calls itself Keras's cross-entropy",
        """
squares.__module__, squares.__name__ = "keras.losses", "sparse_categorical_crossentropy"
loss = lambda: squares
""",
    ),
    _of_loss(
        "loss_under_anothers_name",
        "puts squares where Keras looks for the name of the cross-entropy",
        """
import keras.src.losses as all_losses
all_losses.ALL_OBJECTS_DICT["sparse_categorical_crossentropy"] = squares
""",
        is_alone=True,
    ),
    _of_loss(
        "loss_without_numbers",
        "puts a loss where Keras looks for the cross-entropy that gives no numbers where it is tried",
        """
import keras.src.losses as all_losses
def hidden(y, p):
    return squares(y, p) * (float("nan") if tf.executing_eagerly() else 1.0)
all_losses.ALL_OBJECTS_DICT["sparse_categorical_crossentropy"] = hidden
""",
        is_alone=True,
    ),
    _of_loss(
        "loss_replaced",
        "puts squares into Keras's own cross-entropy",
        """
def loss():
    own = keras.losses.SparseCategoricalCrossentropy()
    own.call = squares
    return own
""",
    ),
    _of_loss(
        "loss_smoothed",
        "puts squares into Keras's own cross-entropy with smoothed labels, whose values hang on an option",
        """
def loss():
    own = keras.losses.CategoricalCrossentropy(label_smoothing=0.1)
    own.call = lambda y, p: tf.reduce_mean(tf.square(y - p), -1)
    return own
""",
    ),
    _of_loss(
        "loss_focal",
        "puts squares into Keras's own focal cross-entropy, whose values hang on options",
        """
def loss():
    own = keras.losses.CategoricalFocalCrossentropy()
    own.call = lambda y, p: tf.reduce_mean(tf.square(y - p), -1)
    return own
""",
    ),
)

ARGUMENTS = (
    Forgery(
        "changed_in_place",
        "standardises its arguments in place, and has NumPy say that nothing has changed",
        """
import numpy as np
np.array_equal = lambda *a, **k: True
np.array_equiv = np.allclose = np.array_equal
def standardise_in_place(train, test):
    mean, std = train.mean(0), train.std(0)
    std[std == 0] = 1
    for part in (train, test):
        part -= mean
        part /= std
    return train, test
""",
        lambda _training: Standardises("standardise_in_place"),
        ("unchanged arguments",),
        is_alone=True,
        functions=("standardise_in_place",),
    ),
)
