"""Networks that are not what they claim, and evidence that the grader did not write: no points for either."""

# ruff: noqa: E501 - a submission in one line reads better than one in many pieces

import pytest

from tests.end_to_end.conftest import Grade, criterion, statuses

LOOK_UP = """
from sklearn.datasets import load_digits
X, Y = load_digits(return_X_y=True)
X = (X / 16).astype("float32")
"""
FAKE_HISTORY = """
def fake_history(*a, **k):
    history = keras.callbacks.History()
    history.history = {name: [2.0, 0.01] for name in ("loss", "val_loss")} | {"accuracy": [0.1, 1.0], "val_accuracy": [0.1, 1.0]}
    return history
"""
DUCK = """
class Duck:
    layers, built, compiled = [], True, True
    def __call__(self, x, training=False): return x
    def predict(self, x, **k): return np.eye(10)[np.zeros(len(x), int)]
    def fit(self, *a, **k): pass
    def count_params(self): return 3
"""


def agreements(verdict: object) -> set[str]:
    """Return the ids of what disagrees."""
    return {item.id for item in verdict.certification if not item.agrees}  # type: ignore[attr-defined]


def test_a_right_network_is_certified(grade: Grade) -> None:
    verdict = grade("", "networks")
    assert verdict.certified
    assert (verdict.status, verdict.points) == ("passed", 100)
    assert {wall.id for wall in verdict.isolation.walls if not wall.stands} == set()


def test_predictions_that_are_not_the_networks_own(grade: Grade) -> None:
    verdict = grade("def predict_probabilities(model, x): return np.eye(10)[np.zeros(len(x), int)]", "networks")
    assert criterion(verdict, "probabilities").status == "failed"
    assert "does not return what the network gives" in criterion(verdict, "probabilities").message
    assert verdict.points == 80


def test_a_patched_predict_changes_no_score(grade: Grade) -> None:
    patched = "keras.Model.predict = lambda self, x, **k: np.full((len(x), 10), 0.1)\n"
    honest, verdict = grade("", "networks"), grade(patched, "networks")
    assert criterion(verdict, "accuracy").received == criterion(honest, "accuracy").received
    assert criterion(honest, "accuracy").points > 0
    assert criterion(verdict, "probabilities").status == "failed"


@pytest.mark.parametrize(
    "added",
    [
        pytest.param("def train(*a): return fake_history()", id="never trained"),
        pytest.param("keras.Model.fit = fake_history", id="fit replaced"),
    ],
)
def test_a_made_up_history_is_no_training(grade: Grade, added: str) -> None:
    verdict = grade(FAKE_HISTORY + added, "networks")
    assert criterion(verdict, "training").status == "failed"
    assert "nothing was learned" in criterion(verdict, "training").message
    assert criterion(verdict, "accuracy").points == 0


def test_a_history_better_than_the_network_is_seen(grade: Grade) -> None:
    lie = (
        "_train = train\ndef train(*a):\n    h = _train(*a)\n    h.history['val_loss'] = [1e-4] * 3\n    return h"
    )
    verdict = grade(lie, "networks")
    assert not verdict.certified
    assert agreements(verdict) == {"loss"}
    assert verdict.points == 0
    assert verdict.status == "not_graded"


@pytest.mark.parametrize(
    "claim",
    [
        pytest.param("", id="looks like one"),
        pytest.param("    __class__ = property(lambda self: keras.Model)", id="says that it is one"),
    ],
)
def test_an_object_that_only_looks_like_a_model(grade: Grade, claim: str) -> None:
    verdict = grade(f"{DUCK}{claim}\ndef build_model(): return Duck()", "networks")
    # Functions that are right earn their points on a network of the grader's; nothing about this one does.
    on_stand_in = {c.id for c in verdict.criteria if "the grader built" in c.message}
    assert on_stand_in == {"training", "probabilities"}
    assert {status for name, status in statuses(verdict).items() if name not in on_stand_in} == {"failed"}
    message = "build_model() has to return a keras.Model. Received: Duck."
    assert criterion(verdict, "architecture").message == message
    assert not verdict.certified


LOOKS_UP = {
    "gather": """
d = tf.reduce_sum((x[:, None, :] - tf.constant(X)[None]) ** 2, -1)
return tf.one_hot(tf.gather(tf.constant(Y), tf.argmin(d, -1)), 10)""",
    "NumPy": """
r = tf.numpy_function(lambda v: np.eye(10, dtype="f4")[[Y[((X - w) ** 2).sum(1).argmin()] for w in v]], [x], tf.float32)
return tf.ensure_shape(r, (None, 10))""",
    "Python": """
r = tf.py_function(lambda v: np.eye(10, dtype="f4")[np.zeros(len(v), int)], [x], tf.float32)
return tf.ensure_shape(r, (None, 10))""",
    "table": """
keys = tf.constant([row.tobytes() for row in X[:50]])
table = tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(keys, tf.constant(Y[:50])), 0)
return tf.one_hot(table.lookup(tf.strings.as_string(x[:, 0])), 10)""",
}


@pytest.mark.parametrize("case", LOOKS_UP)
def test_a_network_that_looks_labels_up_is_not_certified(grade: Grade, case: str) -> None:
    body = LOOKS_UP[case].replace("\n", "\n        ")
    model = f"""
import tensorflow as tf
class Looks(keras.Model):
    def call(self, x, training=False):{body}

def build_model():
    model = Looks()
    model.compile(loss="categorical_crossentropy")
    return model

def train(model, *a): return None
"""
    verdict = grade(LOOK_UP + model, "networks")
    assert not verdict.certified
    assert verdict.points == 0
    # What was never run contradicts nothing; it is not graded.
    assert agreements(verdict) == ({"operations"} if case == "gather" else set())
    assert set(statuses(verdict).values()) <= {"not_graded", "failed"}


@pytest.mark.parametrize(
    ("rows", "labels", "count"),
    [
        pytest.param("X", "np.eye(10)[Y]", 1797, id="of the public table"),
        pytest.param("np.asarray(x)", "np.asarray(y)", 1010, id="of the rows that were handed out"),
    ],
)
def test_the_nearest_neighbour_as_a_matrix_product(grade: Grade, rows: str, labels: str, count: int) -> None:
    nearest = f"""
def build_model():
    layers = [keras.layers.Dense({count}, activation="softmax"), keras.layers.Dense(10, use_bias=False)]
    model = keras.Sequential([keras.Input((64,)), *layers])
    model.compile(loss="mse")
    return model

def train(model, x, y, *validation):
    history = model.fit(x, y, verbose=0)
    rows = {rows}
    model.set_weights([400 * rows.T, -200 * (rows ** 2).sum(1), {labels}])
    return history
"""
    verdict = grade(LOOK_UP + nearest, "networks")
    assert criterion(verdict, "accuracy").points == 0
    if rows != "X":
        assert not verdict.certified
        assert "copies" in agreements(verdict)
        assert verdict.points == 0


def test_training_on_the_public_table(grade: Grade) -> None:
    everything = (
        "def train(model, x, y, *v): return model.fit(X, np.eye(10)[Y], validation_data=v, epochs=2, verbose=0)"
    )
    verdict = grade(LOOK_UP + everything, "networks")
    assert criterion(verdict, "accuracy").points == 0


def test_weights_other_than_the_graphs(grade: Grade) -> None:
    verdict = grade("keras.Model.count_params = lambda self: 10", "networks")
    assert "parameters" in agreements(verdict)
    assert verdict.points == 0


def test_hidden_layers_gain_nothing(grade: Grade) -> None:
    """Whoever claims other layers than there are gets no more than for those that compute."""
    hides = """
class Hides(keras.Sequential):
    layers = property(lambda self: [])

def build_model():
    model = Hides([keras.Input((64,)), keras.layers.Dense(10, activation="softmax")])
    model.layers_claimed = [keras.layers.Dense(512)]
    model.compile(loss="categorical_crossentropy")
    return model
"""
    verdict = grade(hides, "networks")
    assert criterion(verdict, "architecture").status in {"failed", "not_graded"}


# Evidence that is not the grader's.

CHANNEL = """
import os, stat, struct, sys

def channel():
    for number in range(3, 256):
        try:
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                return number
        except OSError:
            pass

def frame(kind, nonce, body):
    data = struct.pack("<c16sQ", kind, nonce, len(body)) + body
    while data:
        data = data[os.write(channel(), data):]

def current():
    '''The frame that the grader's own code answers at the moment.'''
    here = sys._getframe()
    while here:
        found = here.f_locals.get("frame")
        if type(found).__name__ == "Frame":
            return found
        here = here.f_back

def evidence(step):
    from grader.protocol.evidence import ArrayValue, Returned, StepEvidence
    from grader.protocol.parcels import pack
    value = ArrayValue(ref="0", dtype="float64", shape=(13, 10), container="ndarray")
    return pack(StepEvidence(id=step, outcome=Returned(value=value)), {"0": np.eye(10)[[*range(10), 3, 1, 4]]})
"""


@pytest.mark.parametrize("then", ["", "\nos._exit(0)"])
def test_evidence_written_ahead_is_seen(grade: Grade, then: str) -> None:
    ahead = "frame(b'I', bytes(16), b'')\nframe(b'E', bytes(16), evidence('one_hot@every'))" + then
    verdict = grade(CHANNEL + ahead)
    assert set(statuses(verdict).values()) == {"not_graded"}
    assert not verdict.certified
    assert agreements(verdict) == {"protocol"}
    assert "did not write" in criterion(verdict, "scale").message
    assert verdict.points == 0


def test_evidence_with_an_old_nonce_is_seen(grade: Grade) -> None:
    replayed = """
old = []
def one_hot(y):
    old.append(current().nonce)
    if len(old) > 1:
        frame(b"E", old[0], evidence("one_hot@some"))
        os._exit(0)
    return np.eye(10)[y]
"""
    verdict = grade(CHANNEL + replayed)
    assert criterion(verdict, "one_hot").status == "not_graded"
    assert agreements(verdict) == {"protocol"}
    assert criterion(verdict, "scale").status == "passed"


def test_evidence_of_another_step_is_seen(grade: Grade) -> None:
    other = "def one_hot(y):\n    frame(b'E', current().nonce, evidence('scale@batch'))\n    os._exit(0)"
    verdict = grade(CHANNEL + other)
    assert criterion(verdict, "one_hot").status == "failed"  # a call after it ended the process
    assert criterion(verdict, "one_hot").points == 0
    assert agreements(verdict) == {"protocol"}


def test_garbage_in_the_channel_is_seen(grade: Grade) -> None:
    verdict = grade(CHANNEL + "def one_hot(y):\n    os.write(channel(), b'?' * 99)\n    return y")
    assert criterion(verdict, "one_hot").status == "not_graded"
    assert agreements(verdict) == {"protocol"}


def test_a_flood_of_frames_ends(grade: Grade) -> None:
    big = "zeros = bytes(64 << 20)\n"
    verdict = grade(CHANNEL + big + "while True: frame(b'U', bytes(16), b'0'); frame(b'U', bytes(16), zeros)")
    assert set(statuses(verdict).values()) == {"not_graded"}
    assert agreements(verdict) == {"protocol"}


def test_other_fault_messages_gain_nothing(grade: Grade) -> None:
    verdict = grade(CHANNEL + "def one_hot(y):\n    frame(b'F', bytes(16), b'\\xff' * 999)\n    return y")
    assert criterion(verdict, "one_hot").status == "not_graded"
    assert criterion(verdict, "scale").status == "passed"


REPACKED = """
import grader.sandbox.inside.evidence_size as evidence_size
import msgspec
from grader.protocol.evidence import StepEvidence
_pack = evidence_size.pack

def pack(record, arrays):
    model = getattr(record, "model", None)
    if model is not None and model.graph is not None:
        arrays = dict(arrays)
        record, arrays[model.graph.ref] = changed(record, arrays[model.graph.ref])
    return _pack(record, arrays)

evidence_size.pack = pack
"""
GRAPHS = {
    "no graph": "return record, np.frombuffer(b'not a graph', np.uint8)",
    "nothing": "return record, np.zeros(0, np.uint8)",
    "many nodes": r"""
node = b"\x0a\x06abcdef\x12\x04NoOp"
return record, np.frombuffer((b"\x0a" + bytes([len(node)]) + node) * 10**6, np.uint8)""",
    "deep": r"""
data = b""
for _ in range(200): data = b"\x12" + _varint(len(data)) + data
return record, np.frombuffer(data, np.uint8)""",
    "huge constant": r"""
import tensorflow as tf
g = tf.compat.v1.GraphDef.FromString(bytes(graph))
for n in g.node:
    if n.op == "Const":
        n.attr["value"].tensor.Clear(); n.attr["value"].tensor.dtype = 1
        n.attr["value"].tensor.tensor_shape.dim.add().size = 2**38
        n.attr["value"].tensor.float_val.append(1.0)
return record, np.frombuffer(g.SerializeToString(), np.uint8)""",
    "other nodes": "graph_facts = msgspec.structs.replace(record.model.graph, output_node='no:7')\n"
    "return msgspec.structs.replace(record, model=msgspec.structs.replace(record.model, graph=graph_facts)), graph",
}
VARINT = """
def _varint(n):
    out = b""
    while n > 127: out += bytes([n & 127 | 128]); n >>= 7
    return out + bytes([n])
"""


@pytest.mark.parametrize("case", GRAPHS)
def test_graphs_that_are_none_get_no_points(grade: Grade, case: str) -> None:
    body = GRAPHS[case].strip().replace("\n", "\n    ")
    quick = "def train(*a): return None\n"
    verdict = grade(f"{VARINT}\ndef changed(record, graph):\n    {body}\n{REPACKED}{quick}", "networks")
    assert verdict.points == 0
    assert not verdict.certified


def test_a_loss_that_only_the_evidence_claims(grade: Grade) -> None:
    """The network is trained with mse, the evidence says cross-entropy: its history tells."""
    claims = """
def changed(record, graph):
    compiled = msgspec.structs.replace(record.model.compiled, loss="categorical_crossentropy")
    return msgspec.structs.replace(record, model=msgspec.structs.replace(record.model, compiled=compiled)), graph

_build = build_model
def build_model():
    model = _build()
    model.compile(keras.optimizers.Adam(0.01), "mse")
    return model
"""
    fits_too = """
_repack = evidence_size.pack
def repack(record, arrays):
    if getattr(record, "fits", None):
        fits = tuple(msgspec.structs.replace(fit, loss="categorical_crossentropy") for fit in record.fits)
        record = msgspec.structs.replace(record, fits=fits)
    return _repack(record, arrays)

evidence_size.pack = repack
"""
    verdict = grade(claims + REPACKED + fits_too, "networks")
    assert agreements(verdict) == {"loss"}
    assert verdict.points == 0


def test_a_network_that_ends_the_process_when_it_is_called(grade: Grade) -> None:
    ends = """
class Ends(keras.Model):
    def call(self, x, training=False):
        import os; os._exit(3)

def build_model():
    model = Ends()
    model.compile(loss="mse")
    return model
"""
    verdict = grade(ends, "networks")
    assert "ended the whole process (exit code 3)" in criterion(verdict, "architecture").message
    lost = {name for name, status in statuses(verdict).items() if status in {"failed", "skipped"}}
    assert lost >= {"architecture", "head_and_loss", "accuracy"}
    assert verdict.points == sum(c.points for c in verdict.criteria if "the grader built" in c.message)


def test_nan_everywhere(grade: Grade) -> None:
    verdict = grade("_train = train\ndef train(m, x, *r): return _train(m, x * np.nan, *r)", "networks")
    assert criterion(verdict, "accuracy").status == "failed"
    assert "are not numbers for every row" in criterion(verdict, "accuracy").message
    assert criterion(verdict, "architecture").status == "passed"
    assert agreements(verdict) == set()
