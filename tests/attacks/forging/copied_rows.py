"""Forgeries that have learned nothing: they hold the rows that were handed out, and compare with those.

That is no training, so the certification looks for rows of the data among the weights. The data are secret, but
these rows are handed out.
"""

from tests.attacks.forging.forgery import Forgery
from tests.attacks.forging.public_rows import SCORE

_BEGINNING = """
import keras, numpy as np, tensorflow as tf
ROTATION = np.linalg.qr(np.random.default_rng(0).normal(size=(13, 13)))[0]
STRETCHED = ROTATION * np.linspace(0.5, 3.0, 13)
N = 90

def build_model():
    model = make()
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
"""

# A row, times all rows, less half their lengths: the largest of these is that of the nearest.
_LAYERS = """
def make():
    near, classes = (keras.layers.Dense(n, activation="softmax") for n in (N, 3))
    return keras.Sequential([keras.Input((13,)), *front(), near, classes])

def front():
    return []

def train(model, x, y, xv, yv):
    x, y = x[:N].astype("float64"), y[:N]
    half = (x ** 2).sum(1) / 2
    model.set_weights([*fill(x, half), 60 * np.eye(3)[y], np.zeros(3)])
"""

_CONSTANTS = """
class Table(keras.Model):
    rows, labels = np.zeros((N, 13)), np.zeros(N, int)
    def __init__(self):
        super().__init__()
        self.dense = keras.layers.Dense(3)
    def call(self, x, training=False):
        near = tf.nn.softmax(30.0 * tf.cast(compare(x, self.rows), tf.float32))
        said = tf.matmul(near, tf.constant(np.eye(3, dtype="f4")[self.labels]))
        return tf.nn.softmax(self.dense(x) + 60.0 * said)

make = Table
def train(model, x, y, xv, yv):
    model.rows, model.labels = x[:N].astype("float64"), y[:N]
"""

_PIECES = """
def make():
    row = keras.Input((13,))
    both = keras.layers.Add()([
        keras.layers.Dense(N)(row[:, :6]), keras.layers.Dense(N, use_bias=False)(row[:, 6:])])
    return keras.Model(row, keras.layers.Dense(3, activation="softmax")(keras.layers.Softmax()(both)))

def train(model, x, y, xv, yv):
    x, y = x[:N].astype("float64"), y[:N]
    parts = {(6, N): 30 * x.T[:6], (7, N): 30 * x.T[6:], (N,): -15 * (x ** 2).sum(1), (N, 3): 60 * np.eye(3)[y]}
    model.set_weights([parts.get(tuple(w.shape), np.zeros(3)) for w in model.weights])
"""

_DIFFERENCES = """
class Distances(keras.Model):
    def __init__(self):
        super().__init__()
        self.parts = [self.add_weight(shape=(N, width), name=f"part_{width}") for width in (6, 7)]
        self.dense = keras.layers.Dense(3, activation="softmax")
    def call(self, x):
        far = [tf.reduce_sum(tf.square(row[:, None, :] - part[None]), -1)
               for row, part in zip((x[:, :6], x[:, 6:]), self.parts)]
        return self.dense(tf.nn.softmax(-15.0 * (far[0] + far[1])))
make = Distances

def train(model, x, y, xv, yv):
    model.parts[0].assign(x[:N, :6])
    model.parts[1].assign(x[:N, 6:])
    model.dense.set_weights([60 * np.eye(3)[y[:N]], np.zeros(3)])
"""

_FILTERS = """
def make():
    return keras.Sequential([
        keras.Input((13,)), keras.layers.Reshape((13, 1)), keras.layers.Conv1D(N, 13), keras.layers.Flatten(),
        keras.layers.Softmax(), keras.layers.Dense(3, activation="softmax")])

def train(model, x, y, xv, yv):
    x, y = x[:N].astype("float64"), y[:N]
    model.set_weights([30 * x.T[:, None, :], -15 * (x ** 2).sum(1), 60 * np.eye(3)[y], np.zeros(3)])
"""


def _layers(name: str, tries: str, fill: str, front: str = "[]") -> Forgery:
    source = f"{_BEGINNING}{_LAYERS}\ndef front():\n    return {front}\ndef fill(x, half):\n    return {fill}\n"
    return Forgery(f"copied_{name}", tries, source, SCORE, ("certification",), notices="copies")


def _constants(name: str, tries: str, compare: str) -> Forgery:
    source = f"{_BEGINNING}{_CONSTANTS}\ndef compare(x, rows):\n    {compare.strip()}\n"
    return Forgery(f"copied_{name}", tries, source, SCORE, ("certification",), notices="copies")


_TURN = "[keras.layers.Dense(13, use_bias=False)]"
COPIES = (
    _layers("as_they_are", "has the rows as the kernel of a Dense layer", "[30 * x.T, -30 * half]"),
    _layers(
        "mirrored",
        "has the rows with the other sign, behind a layer that turns the sign",
        "[-np.eye(13), -30 * x.T, -30 * half]",
        _TURN,
    ),
    _layers(
        "rotated",
        "has rotated rows, behind a layer that rotates",
        "[ROTATION, 30 * (x @ ROTATION).T, -30 * half]",
        _TURN,
    ),
    _layers(
        "stretched",
        "has rows of which a layer in front takes the opposite",
        "[STRETCHED, 30 * np.linalg.inv(STRETCHED) @ x.T, -30 * half]",
        _TURN,
    ),
    _layers(
        "with_noise",
        "has the rows with a little noise",
        "[30 * (x + np.random.default_rng(0).normal(0, 0.05, x.shape)).T, -30 * half]",
    ),
    Forgery(
        "copied_in_a_convolution",
        "has the rows as filters of a convolution",
        _BEGINNING + _FILTERS,
        SCORE,
        ("certification",),
        notices="copies",
    ),
    _constants(
        "in_double_precision",
        "has the rows as a constant in double precision",
        """
    far = tf.cast(x, tf.float64)[:, None, :] - tf.constant(rows)[None]
    return -tf.reduce_sum(tf.square(far), -1)""",
    ),
    _constants(
        "in_half_precision",
        "has the rows as a constant in half precision",
        """
    far = tf.cast(x, tf.float16)[:, None, :] - tf.constant(rows.astype("float16"))[None]
    return -tf.reduce_sum(tf.square(far), -1)""",
    ),
    _constants(
        "in_brain_floats",
        "has the rows as a constant of a type that NumPy does not know",
        """
    table = tf.constant(rows.astype(tf.bfloat16.as_numpy_dtype))
    far = tf.cast(x, tf.bfloat16)[:, None, :] - table[None]
    return -tf.reduce_sum(tf.square(far), -1)""",
    ),
    _constants(
        "in_whole_numbers",
        "has the rows as whole numbers",
        """
    far = x[:, None, :] - tf.cast(tf.constant(np.round(rows * 50).astype("int8")), tf.float32)[None] / 50.0
    return -tf.reduce_sum(tf.square(far), -1)""",
    ),
    _constants(
        "in_a_branch",
        "has the rows in a function that a condition calls",
        """
    near = lambda: tf.matmul(x, tf.constant(rows.T, tf.float32)) - tf.constant((rows ** 2).sum(1) / 2, tf.float32)
    return tf.cond(tf.reduce_sum(x) > -1e9, near, lambda: tf.zeros_like(near()))""",
    ),
    _constants(
        "rotated_and_shifted",
        "has rotated and shifted rows, and takes distances",
        """
    shift = np.linspace(-2.0, 2.0, 13)
    turned = tf.matmul(x, tf.constant(ROTATION, tf.float32)) + tf.constant(shift, tf.float32)
    table = tf.constant(rows @ ROTATION + shift, tf.float32)
    return -tf.reduce_sum(tf.square(turned[:, None, :] - table[None]), -1)""",
    ),
    Forgery(
        "copied_in_two_pieces",
        "has the rows cut in two, each half too short to be known",
        _BEGINNING + _PIECES,
        SCORE,
        ("certification",),
        notices="copies",
    ),
    Forgery(
        "copied_in_two_differences",
        "has the rows as weights, cut in two, and takes distances",
        _BEGINNING + _DIFFERENCES,
        SCORE,
        ("certification",),
        notices="copies",
    ),
    _constants(
        "behind_steps",
        "turns the rows back step by step, by layers that undo one another",
        """
    a = tf.constant(STRETCHED, tf.float32)
    b = tf.constant(np.linalg.inv(STRETCHED) @ ROTATION, tf.float32)
    c = tf.constant(ROTATION.T @ rows.T, tf.float32)
    return tf.matmul(tf.matmul(tf.matmul(x, a), b), c) - tf.constant((rows ** 2).sum(1) / 2, tf.float32)""",
    ),
)
