"""Cases that show a misconception, and cases that are near it and do not. One example per line, as in a table."""
# ruff: noqa: E501

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from grader.core.arrays import Array
from grader.evidence.case import Case
from grader.evidence.outputs import show_output
from grader.protocol.evidence import (
    ArrayValue,
    Entries,
    ExceptionFacts,
    Frame,
    ImportEvidence,
    Items,
    OtherValue,
    Raised,
    Returned,
    UnitFailure,
)
from grader.protocol.task import Task
from tests.helpers.cases import encode
from tests.helpers.classroom import (
    build,
    case_of,
    data,
    numbers,
    train,
    with_curves,
    with_fit,
    with_imported,
    with_layers,
    with_model,
    with_outputs,
    with_step,
    with_taps,
    without_replays,
    without_steps,
)
from tests.helpers.fruit import case_of_fruit

SOFTMAX = 'layers.Dense(10, activation="softmax")'
HIDDEN = 'layers.Dense(32, activation="relu")'
LOGITS = "keras.losses.CategoricalCrossentropy(from_logits=True)"

HONEST = {
    "sequential": build(f"layers.Dense(64, activation='relu'), layers.Dropout(0.2), {SOFTMAX}", eagerly=False)
    + train(epochs=8),
    "subclassed": """
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.out, self.hidden = layers.Dense(10), layers.Dense(64, activation="gelu")

    def call(self, x):
        return self.out(self.hidden(2 * x - 1))

def build_model():
    model = Net()
    model.compile(keras.optimizers.Adam(0.005), keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    return model

def train(model, x_train, y_train, x_val, y_val):
    y_train, y_val = y_train.argmax(axis=1), y_val.argmax(axis=1)
    return model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=8, verbose=0)
""",
    "convolution": build(
        "layers.Reshape((8, 8, 1)), layers.Conv2D(16, 3), layers.BatchNormalization(), layers.ReLU(), "
        "layers.Flatten(), layers.Dense(10), layers.Softmax()",
        optimizer='"rmsprop"',
        eagerly=False,
    )
    + train(epochs=8),
}

# Honest networks of the other kinds of exercises.
YES = 'layers.Dense(1, activation="sigmoid")'
NUMBER = "layers.Dense(1)"
ADAM = "keras.optimizers.Adam(0.01)"
FREE = """
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.hidden, self.out = layers.Dense(12, activation="tanh"), layers.Dense(1)

    def call(self, x):
        return self.out(self.hidden(x))

def build_model():
    model = Net()
    model.compile(keras.optimizers.Adam(0.005), "mae", metrics=["mse"])
    return model

def train(model, x_train, y_train, x_val, y_val):
    return model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=16, batch_size=4, verbose=0)
"""
UNWATCHED = "def train(model, x, y):\n    return model.fit(x, y, epochs=10, batch_size=8, verbose=0)\n"


def is_short(trained: str) -> bool:
    """Whether a training is over before a faster one would be traced."""
    epochs = re.search(r"epochs=(\d+)", trained)
    return epochs is None or int(epochs[1]) < 10


def wine(
    layers: str, loss: str = '"sparse_categorical_crossentropy"', optimizer: str = ADAM, trained: str = ""
) -> Case:
    """A classifier of three classes with integers for labels."""
    return case_of(build(layers, loss, optimizer, features=13, eagerly=is_short(trained)) + trained, "wines")


def answer(layers: str, loss: str = '"binary_crossentropy"', optimizer: str = ADAM, trained: str = "") -> Case:
    """A network that answers yes or no."""
    return case_of(build(layers, loss, optimizer, features=2, eagerly=is_short(trained)) + trained, "answers")


def number(
    layers: str,
    loss: str = '"mse"',
    optimizer: str = ADAM,
    trained: str = "",
    room: str = "numbers",
    metric: str = "mae",
) -> Case:
    """A network that predicts a number."""
    return case_of(
        build(layers, loss, optimizer, features=3, eagerly=is_short(trained), metric=metric) + trained, room
    )


OTHERS: dict[str, Callable[[], Case]] = {
    "wines": lambda: wine(
        "layers.Dense(8, activation='relu'), layers.Dense(3, activation='softmax')",
        trained=train(epochs=12, batch=8),
    ),
    "wines, one-hot": lambda: wine(
        "layers.Dense(12, activation='tanh'), layers.Dense(3)",
        LOGITS,
        trained=train(epochs=12, batch=8, before="y_train, y_val = np.eye(3)[y_train], np.eye(3)[y_val]"),
    ),
    "yes or no": lambda: answer(YES, optimizer="keras.optimizers.SGD(0.5)", trained=train(epochs=10, batch=16)),
    "yes or no, raw output": lambda: answer(
        NUMBER, "keras.losses.BinaryCrossentropy(from_logits=True)", trained=train(epochs=12, batch=8)
    ),
    "yes or no, hidden layer": lambda: answer(
        f"layers.Dense(8, activation='relu'), {YES}", trained=train(epochs=12, batch=8)
    ),
    "number": lambda: number(NUMBER, optimizer="keras.optimizers.SGD(0.05)", trained=train(epochs=10, batch=8)),
    "number, nobody watches": lambda: number(
        NUMBER, trained=UNWATCHED, room="unwatched", optimizer="keras.optimizers.Adam(0.03)"
    ),
    "number, hidden layer": lambda: number(
        f"layers.Dense(16, activation='relu'), layers.Dropout(0.1), {NUMBER}", trained=train(epochs=12, batch=8)
    ),
    "number, a class of its own": lambda: case_of(FREE, "numbers"),
}


RELU_HEAD = build(f"{HIDDEN}, layers.Dense(10, activation='relu')") + train()
# Not linear, though no operation in it is an activation.
SQUARES = """
class Squares(keras.Model):
    def __init__(self):
        super().__init__()
        self.hidden, self.out = layers.Dense(16), layers.Dense(10)

    def call(self, x):
        x = self.hidden(x)
        return self.out(x * x)

def build_model():
    model = Squares()
    model.compile("adam", keras.losses.CategoricalCrossentropy(from_logits=True))
    return model
"""
# Two linear layers side by side, not in a row.
BRANCHES = """
def build_model():
    x = keras.Input((64,))
    both = layers.Add()([layers.Dense(16)(x), layers.Dense(16)(x)])
    model = keras.Model(x, layers.Dense(10, activation="softmax")(layers.ReLU()(both)))
    model.compile("adam", "categorical_crossentropy")
    return model
"""


def honest(name: str = "sequential") -> Case:
    """A network that has learned the digits."""
    return case_of(HONEST[name])


def built(layers: str, loss: str = '"categorical_crossentropy"', optimizer: str = '"adam"') -> Case:
    """A network that was built but not trained."""
    return case_of(build(layers, loss, optimizer))


def poor(optimizer: str = "keras.optimizers.Adam(0.001)", epochs: int = 1) -> Case:
    """A network whose training ended early."""
    return case_of(
        build(f"layers.Dense(8, activation='relu'), {SOFTMAX}", optimizer=optimizer) + train(epochs=epochs)
    )


def tanh() -> Case:
    """A network with a hidden tanh."""
    return case_of(build(f"layers.Dense(32, activation='tanh'), {SOFTMAX}") + train())


def plain() -> Case:
    """A small network without dropout, trained for one epoch."""
    return case_of(build(f"{HIDDEN}, {SOFTMAX}") + train())


def falling(start: float, end: float, epochs: int = 20) -> list[float]:
    """Values that fall, or rise, evenly."""
    return [float(v) for v in np.linspace(start, end, epochs)]


@dataclass(frozen=True)
class Example:
    """A case and whether it shows a misconception; `says`: what the sentence has to name."""

    id: str
    name: str
    case: Callable[[], Case]
    shows: bool
    says: str = ""


def shows(id_: str, name: str, case: Callable[[], Case], says: str = "") -> Example:
    """An example that shows it."""
    return Example(id_, name, case, shows=True, says=says)


def not_(id_: str, name: str, case: Callable[[], Case]) -> Example:
    """An example that is near it and does not show it."""
    return Example(id_, name, case, shows=False)


def overfit(end: float = 0.9, low: float = 0.4, loss: float = 0.05) -> Case:
    """Curves over a network whose own validation loss is not known."""
    curves = {"loss": falling(2.2, loss), "val_loss": falling(2.2, low, 8) + falling(low, end, 12)}
    return with_curves(without_replays(honest()), **curves)


def jumping(*last: float) -> Case:
    """Curves whose validation loss stays at 0.4 but for the last epochs."""
    curves = {"loss": falling(2.2, 0.05), "val_loss": falling(2.2, 0.4, 8) + [0.41] * (12 - len(last)) + [*last]}
    return with_curves(without_replays(honest()), **curves)


def two_heads(price: list[float], accuracy: float = 0.93) -> Case:
    """The output for classes of a network with two: its validation loss turns, that of the numbers goes so."""
    curves = {
        "loss": falling(9, 1),
        "val_loss": falling(9, 1),
        "price_loss": falling(9, 1),
        "val_price_loss": price,
    }
    kind = {
        "kind_loss": falling(2.2, 0.05),
        "val_kind_loss": overfit_curve(),
        "val_kind_accuracy": [accuracy] * 20,
    }
    case = with_curves(without_replays(case_of_fruit()), **curves, **kind)
    return show_output(case, case.trainings[0].outputs, "kind")


def raising(step: str, kind: str, message: str) -> Case:
    """A function that raised."""
    facts = ExceptionFacts(type=kind, message=message, bases=(kind, "Exception"))
    return with_step(honest(), step, outcome=Raised(exception=facts))


def split_parts(shared: int) -> Case:
    """What `split` returned, with some rows in both parts."""
    x = np.arange(200 * 64, dtype=np.float64).reshape(200, 64)
    arrays = {"a": x[:150], "b": x[150 - shared : 200 - shared]}
    items = tuple(ArrayValue(ref=r, dtype="float64", shape=arrays[r].shape, container="ndarray") for r in "ab")
    return with_step(
        honest(), "split@first", arrays, outcome=Returned(value=Items(container="tuple", items=items))
    )


HEADS = [
    shows("head-missing-activation", "raw outputs", lambda: built(f"{HIDDEN}, layers.Dense(10)"), "categorical_crossentropy"),
    shows("head-missing-activation", "as claimed only", lambda: without_replays(built(f"{HIDDEN}, layers.Dense(10)"))),
    not_("head-missing-activation", "from_logits=True", lambda: built(f"{HIDDEN}, layers.Dense(10)", LOGITS)),
    not_("head-missing-activation", "softmax as a layer", lambda: built(f"{HIDDEN}, layers.Dense(10), layers.Softmax()")),
    not_("head-missing-activation", "a loss for numbers", lambda: built(f"{HIDDEN}, layers.Dense(10)", '"mse"')),
    shows("double-softmax", "in loss and layer", lambda: built(f"{HIDDEN}, {SOFTMAX}", LOGITS), "above 0.23"),
    shows("double-softmax", "two layers", lambda: built(f"{HIDDEN}, {SOFTMAX}, layers.Softmax()"), "twice in a row"),
    not_("double-softmax", "only in the loss", lambda: built(f"{HIDDEN}, layers.Dense(10)", LOGITS)),
    shows("double-softmax", "two units", lambda: built("layers.Dense(2, activation='softmax')", LOGITS), "above 0.73"),
    not_("double-softmax", "only in the layer", honest),
    not_("double-softmax", "attention inside", lambda: built(f"layers.Dense(32, activation='softmax'), {SOFTMAX}")),
    shows("softmax-one-unit", "one unit", lambda: built(f"{HIDDEN}, layers.Dense(1, activation='softmax')"), "units=10"),
    shows("softmax-one-unit", "as claimed only", lambda: without_replays(built("layers.Dense(1, activation='softmax')"))),
    not_("softmax-one-unit", "two units", lambda: built(f"{HIDDEN}, layers.Dense(2, activation='softmax')")),
    not_("softmax-one-unit", "one sigmoid", lambda: built(f"{HIDDEN}, layers.Dense(1, activation='sigmoid')")),
    shows("sigmoid-for-classes", "ten sigmoids", lambda: built("layers.Dense(10, activation='sigmoid')"), "10 outputs"),
    shows(
        "sigmoid-for-classes",
        "inside the loss",
        lambda: built("layers.Dense(10)", "keras.losses.BinaryCrossentropy(from_logits=True)"),
    ),
    not_("sigmoid-for-classes", "hidden sigmoid", lambda: built(f"layers.Dense(9, activation='sigmoid'), {SOFTMAX}")),
    not_("sigmoid-for-classes", "one sigmoid", lambda: built("layers.Dense(1, activation='sigmoid')")),
    not_("sigmoid-for-classes", "raw outputs", lambda: built("layers.Dense(10)", LOGITS)),
    not_("sigmoid-for-classes", "raw outputs as probabilities", lambda: built("layers.Dense(10)", '"binary_crossentropy"')),
    not_("sigmoid-for-classes", "softmax", lambda: built(SOFTMAX, "keras.losses.BinaryCrossentropy(from_logits=True)")),
    shows("relu-head", "relu", lambda: built("layers.Dense(10, activation='relu')"), "relu"),
    not_("relu-head", "hidden relu", honest),
    not_("relu-head", "relu before softmax", lambda: built("layers.Dense(10, activation='relu'), layers.Softmax()")),
    shows("loss-for-other-task", "mse", lambda: built(SOFTMAX, '"mse"'), "mean_squared_error"),
    shows("loss-for-other-task", "mse written by hand", lambda: built(SOFTMAX, "lambda t, p: keras.ops.mean((t - p) ** 2, -1)")),
    shows("loss-for-other-task", "yes or no", lambda: built(SOFTMAX, '"binary_crossentropy"'), "binary_crossentropy"),
    not_("loss-for-other-task", "sparse", lambda: honest("subclassed")),
    not_("loss-for-other-task", "divergence", lambda: built(SOFTMAX, '"kl_divergence"')),
    not_("loss-for-other-task", "focal", lambda: built(SOFTMAX, "keras.losses.CategoricalFocalCrossentropy()")),
    shows(
        "sparse-vs-onehot",
        "one-hot and sparse",
        lambda: case_of(build(SOFTMAX, '"sparse_categorical_crossentropy"') + train()),
        "(1010, 10)",
    ),
    shows("sparse-vs-onehot", "integers", lambda: case_of(build(SOFTMAX) + train(y="y_train.argmax(1)")), "(1010,)"),
    shows("sparse-vs-onehot", "a column of integers", lambda: with_fit(honest(), y_shape=(1010, 1)), "(1010, 1)"),
    shows("sparse-vs-onehot", "a loss of their own that does the same", lambda: with_fit(honest(), y_shape=(1010,), loss="custom")),
    not_("sparse-vs-onehot", "integers and sparse", lambda: honest("subclassed")),
    not_("sparse-vs-onehot", "one-hot", honest),
    not_("sparse-vs-onehot", "labels not seen", lambda: with_fit(honest(), y_shape=())),
    shows("wrong-unit-count", "nine", lambda: built("layers.Dense(9, activation='softmax')"), "the largest label is 9"),
    shows("wrong-unit-count", "one", lambda: built("layers.Dense(1)"), "units=1"),
    shows("wrong-unit-count", "eleven", lambda: built("layers.Dense(11, activation='softmax')"), "there are 10 classes here"),
    not_("wrong-unit-count", "ten", honest),
    not_("wrong-unit-count", "softmax over one unit", lambda: built("layers.Dense(1, activation='softmax')")),
    not_("wrong-unit-count", "a picture", lambda: built("layers.Reshape((8, 8)), layers.Dense(9)")),
    shows("activation-before-head", "relu", lambda: built("layers.Dense(10, activation='relu'), layers.Softmax()"), "relu"),
    shows("activation-before-head", "tanh", lambda: built("layers.Dense(10, activation='tanh')", LOGITS), "tanh"),
    not_("activation-before-head", "none", lambda: honest("convolution")),
    not_("activation-before-head", "raw outputs", lambda: honest("subclassed")),
    not_("activation-before-head", "tanh as probabilities", lambda: built("layers.Dense(10, activation='tanh')")),
    not_(
        "activation-before-head",
        "relu and pooling",
        lambda: built("layers.Reshape((8, 8, 1)), layers.Conv2D(10, 3, activation='relu'), layers.GlobalAveragePooling2D(), layers.Softmax()"),
    ),
    shows("missing-flatten", "a picture", lambda: built(f"layers.Reshape((8, 8)), {SOFTMAX}"), "(None, 8, 10)"),
    shows("missing-flatten", "as claimed only", lambda: with_model(built(f"layers.Reshape((8, 8)), {SOFTMAX}"), graph=None)),
    not_("missing-flatten", "with Flatten", lambda: honest("convolution")),
    not_("missing-flatten", "rows only", lambda: built(SOFTMAX)),
    shows("not-compiled", "not at all", lambda: built(SOFTMAX, ""), "stops with an error"),
    shows("not-compiled", "without a loss", lambda: built(SOFTMAX, "None"), "without a loss"),
    shows(
        "not-compiled",
        "only later",
        lambda: case_of(build(SOFTMAX, "") + train(before='model.compile("adam", "categorical_crossentropy")')),
        "only later",
    ),
    not_("not-compiled", "compiled", honest),
    not_("not-compiled", "no network at all", lambda: case_of("def build_model():\n    return None\n")),
]  # fmt: skip

TWO_LOGITS = "keras.losses.BinaryCrossentropy(from_logits=True)"
OTHER_HEADS = [
    shows("head-missing-activation", "yes or no", lambda: answer(NUMBER), 'activation="sigmoid"'),
    not_("head-missing-activation", "yes or no, from_logits=True", lambda: answer(NUMBER, TWO_LOGITS)),
    not_("head-missing-activation", "cross-entropy for a number", lambda: number(NUMBER, '"binary_crossentropy"')),
    shows("softmax-one-unit", "yes or no", lambda: answer("layers.Dense(1, activation='softmax')"), "yes to every row"),
    shows("softmax-one-unit", "a number", lambda: number("layers.Dense(1, activation='softmax')"), "no activation"),
    shows("softmax-one-unit", "wines", lambda: wine("layers.Dense(1, activation='softmax')"), "units=3"),
    not_("softmax-one-unit", "one linear unit", lambda: number(NUMBER)),
    not_("sigmoid-for-classes", "two for yes or no", lambda: answer("layers.Dense(2, activation='sigmoid')")),
    shows("sigmoid-for-classes", "two of ten", lambda: built("layers.Dense(2, activation='sigmoid')"), "2 outputs"),
    not_("double-softmax", "another loss", lambda: built(SOFTMAX, TWO_LOGITS)),
    not_("sigmoid-for-classes", "yes or no", lambda: answer(YES)),
    shows("relu-head", "yes or no", lambda: answer("layers.Dense(1, activation='relu')"), "sigmoid for the output"),
    shows("relu-head", "a number", lambda: number("layers.Dense(1, activation='relu')"), "below 0"),
    not_("relu-head", "a number that is never negative", lambda: with_labels(number("layers.Dense(1, activation='relu')"), 0.0, 9.0)),
    not_("relu-head", "functions only", lambda: replace(built("layers.Dense(10, activation='relu')"), task=Task(kind="functions"))),
    shows("bounded-regression-head", "sigmoid", lambda: number(YES), "between 0 and 1"),
    shows("bounded-regression-head", "tanh", lambda: number("layers.Dense(1, activation='tanh')"), "between -1 and 1"),
    shows("bounded-regression-head", "relu", lambda: number("layers.Dense(1, activation='relu')"), "below 0"),
    shows("bounded-regression-head", "softmax", lambda: number("layers.Dense(2, activation='softmax')"), "softmax"),
    shows("bounded-regression-head", "what fit got", lambda: with_fit(number(YES, trained=train()), y_range=(0.0, 1.1))),
    not_("bounded-regression-head", "labels scaled for it", lambda: with_fit(number(YES, trained=train()), y_range=(0.0, 1.0))),
    not_("bounded-regression-head", "linear", lambda: number(NUMBER)),
    not_("bounded-regression-head", "a sigmoid that is stretched", lambda: number(f"{YES}, layers.Rescaling(30, offset=-15)")),
    not_("bounded-regression-head", "a hidden sigmoid", lambda: number(f"layers.Dense(4, activation='sigmoid'), {NUMBER}")),
    not_("bounded-regression-head", "relu and no negative targets", lambda: with_labels(number("layers.Dense(1, activation='relu')"), 0.0, 9.0)),
    not_("bounded-regression-head", "classes", lambda: built("layers.Dense(10, activation='sigmoid')")),
    not_("bounded-regression-head", "softmax over one unit says it", lambda: number("layers.Dense(1, activation='softmax')")),
    shows("loss-for-other-task", "cross-entropy for a number", lambda: number(YES, '"binary_crossentropy"'), "mean_squared_error"),
    shows("loss-for-other-task", "mse for yes or no", lambda: answer(YES, '"mse"'), "For classes use binary_crossentropy"),
    shows("loss-for-other-task", "classes for yes or no", lambda: answer(YES, '"categorical_crossentropy"'), "one output only"),
    shows("loss-for-other-task", "mse for wines", lambda: wine("layers.Dense(3, activation='softmax')", '"mse"'), "sparse_categorical_crossentropy"),
    not_("loss-for-other-task", "two outputs for yes or no", lambda: answer("layers.Dense(2, activation='softmax')", '"sparse_categorical_crossentropy"')),
    not_("loss-for-other-task", "yes or no", lambda: answer(YES)),
    not_("loss-for-other-task", "one output for ten classes", lambda: built("layers.Dense(1)")),
    not_("loss-for-other-task", "two answers that are asked by themselves", lambda: answer("layers.Dense(2, activation='softmax')")),
    not_("loss-for-other-task", "ten sigmoids", lambda: built("layers.Dense(10, activation='sigmoid')", '"binary_crossentropy"')),
    not_("loss-for-other-task", "huber for a number", lambda: number(NUMBER, '"huber"')),
    not_("loss-for-other-task", "functions only", lambda: replace(built(SOFTMAX, '"mse"'), task=Task(kind="functions"))),
    not_("sparse-vs-onehot", "yes or no", lambda: with_fit(answer(YES, trained=train()), loss="categorical_crossentropy")),
    not_("sparse-vs-onehot", "two numbers", lambda: with_fit(number("layers.Dense(2)", trained=train()), loss="categorical_crossentropy")),
    not_("sparse-vs-onehot", "a number", lambda: with_fit(number(NUMBER, trained=train()), loss="categorical_crossentropy")),
    shows("sparse-vs-onehot", "two outputs for yes or no", lambda: case_of(build("layers.Dense(2, activation='softmax')", features=2) + train(), "answers"), "integer labels"),
    shows("wrong-unit-count", "two for a number", lambda: number("layers.Dense(2)"), "for a row: units=1"),
    shows("wrong-unit-count", "two for yes or no", lambda: answer("layers.Dense(2, activation='softmax')"), "units=2, one for yes"),
    shows("wrong-unit-count", "three for yes or no", lambda: answer("layers.Dense(3, activation='sigmoid')"), "A question of yes or no"),
    shows("wrong-unit-count", "two for ten", lambda: built("layers.Dense(2, activation='softmax')"), "A classifier has one output"),
    not_("wrong-unit-count", "one for a number", lambda: number(NUMBER)),
    not_("wrong-unit-count", "one for yes or no", lambda: answer(YES)),
    not_("wrong-unit-count", "functions only", lambda: replace(built("layers.Dense(9)"), task=Task(kind="functions"))),
    shows("activation-before-head", "sigmoid twice", lambda: answer(YES, TWO_LOGITS), "from_logits=True"),
    shows("activation-before-head", "relu before sigmoid", lambda: answer("layers.Dense(1, activation='relu'), layers.Activation('sigmoid')"), "activation relu"),
    shows("activation-before-head", "relu in the loss", lambda: answer("layers.Dense(1, activation='relu')", TWO_LOGITS), "activation relu"),
    not_("activation-before-head", "another loss of raw outputs", lambda: answer(YES, LOGITS)),
    not_("activation-before-head", "relu before something else", lambda: answer("layers.Dense(1, activation='relu'), layers.Rescaling(2.0)")),
    not_("activation-before-head", "two outputs for yes or no", lambda: answer("layers.Dense(2, activation='relu'), layers.Softmax()")),
    shows("activation-before-head", "one output of ten", lambda: built("layers.Dense(1, activation='tanh')", LOGITS), "go through softmax"),
    not_("activation-before-head", "one sigmoid", lambda: answer(YES)),
    not_("activation-before-head", "a raw output", lambda: answer(NUMBER, TWO_LOGITS)),
    not_("activation-before-head", "a number", lambda: number("layers.Dense(1, activation='relu'), layers.Softmax()")),
    shows("missing-flatten", "a number for each step", lambda: case_of(build("layers.Reshape((3, 1)), layers.Dense(1)", '"mse"', features=3), "numbers"), "(None, 3, 1)"),
    not_("missing-flatten", "functions only", lambda: replace(built(f"layers.Reshape((8, 8)), {SOFTMAX}"), task=Task(kind="functions"))),
    shows("not-compiled", "without a loss, yes or no", lambda: answer(YES, "None"), 'loss="binary_crossentropy"'),
    shows("accuracy-for-regression", "accuracy", lambda: number(NUMBER, metric="accuracy"), "metric accuracy"),
    shows("accuracy-for-regression", "compiled later", lambda: case_of(build(NUMBER, "", features=3) + train(before="model.compile('sgd', 'mse', metrics=['acc'])"), "numbers")),
    shows("accuracy-for-regression", "another one", lambda: number(NUMBER, metric="binary_accuracy"), "binary_accuracy"),
    not_("accuracy-for-regression", "mean absolute error", lambda: number(NUMBER)),
    not_("accuracy-for-regression", "yes or no", lambda: answer(YES)),
    not_("accuracy-for-regression", "not compiled", lambda: number(NUMBER, "")),
]  # fmt: skip

CLASSES_OF_THEIR_OWN = """
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        {init}

    def call(self, x):
        {call}

def build_model():
    model = Net()
    model.compile("adam", "mse", run_eagerly={eagerly})
    return model
"""


def own(call: str, init: str = "pass", *, eagerly: bool = False) -> str:
    """Code of a subclassed network."""
    return CLASSES_OF_THEIR_OWN.format(init=init, call=call, eagerly=eagerly)


def styled(name: str, source: str) -> Case:
    """What was built for one of the three styles."""
    case = case_of(source.replace("build_model", f"build_{name}"), "styles")
    return replace(case, trainings=tuple(t for t in case.trainings if t.name == name))


WRAPPED = build(f"keras.Sequential([layers.Dense(4, activation='relu'), {NUMBER}])", '"mse"', features=3)
FUNCTIONAL = """
def build_model():
    x = keras.Input((3,))
    model = keras.Model(x, {output})
    model.compile("adam", "mse")
    return model
"""
INSIDE = f"keras.Sequential([layers.Dense(4, activation='relu'), {NUMBER}])"
THREADED = "layers.Dense(1)(layers.Dense(4, activation='relu')(x))"
INNER = """
def inner():
    x = keras.Input((3,))
    return keras.Model(x, layers.Dense(1)(layers.Dense(4, activation='relu')(x)))
"""
STYLED = [
    shows("style-disguise", "a Sequential called functional", lambda: styled("functional", WRAPPED), "build_functional()"),
    shows("style-disguise", "a Sequential in a functional one", lambda: styled("functional", FUNCTIONAL.format(output=f"{INSIDE}(x)")), "sequential in disguise"),
    shows("style-disguise", "a class that inherits from Sequential", lambda: styled("subclassed", "class Net(keras.Sequential):\n    pass\n\ndef build_model():\n    model = Net([keras.Input((3,)), layers.Dense(1)])\n    model.compile('adam', 'mse')\n    return model\n"), "the Net that it returns is sequential"),
    shows("style-disguise", "a class that wraps a Sequential", lambda: styled("subclassed", own("return self.net(x)", f"self.net = {INSIDE}")), "sequential in disguise"),
    shows("style-disguise", "a class that wraps a functional one", lambda: styled("subclassed", INNER + own("return self.net(x)", "self.net = inner()")), "functional in disguise"),
    shows("style-disguise", "functional called sequential", lambda: styled("sequential", FUNCTIONAL.format(output=THREADED)), "keras.Sequential([...])"),
    not_("style-disguise", "functional", lambda: styled("functional", FUNCTIONAL.format(output=THREADED))),
    not_("style-disguise", "subclassed", lambda: styled("subclassed", own("return self.out(self.hidden(x))", "self.hidden, self.out = layers.Dense(4, activation='relu'), layers.Dense(1)"))),
    not_("style-disguise", "a part that is a Sequential", lambda: styled("subclassed", own("return self.out(self.net(x))", f"self.net, self.out = {INSIDE}, layers.Dense(1)"))),
    not_("style-disguise", "a Sequential of a Sequential", lambda: styled("sequential", WRAPPED)),
    not_("style-disguise", "no style was asked for", lambda: case_of(WRAPPED, "numbers")),
    shows("layers-made-in-call", "not kept", lambda: case_of(own("return layers.Dense(1)(x)") + train(), "numbers"), "__init__()"),
    shows("layers-made-in-call", "kept", lambda: case_of(own("self.out = layers.Dense(1); return self.out(x)") + train(), "numbers")),
    shows("layers-made-in-call", "never trained", lambda: case_of(own("return layers.Dense(1)(x)"), "numbers")),
    shows("layers-made-in-call", "run eagerly", lambda: case_of(own("return layers.Dense(1)(x)", eagerly=True) + train(), "numbers")),
    shows("layers-made-in-call", "in the training", lambda: raising("train@0", "ValueError", "You cannot add new elements of state (variables or sub-layers)")),
    not_("layers-made-in-call", "in __init__", lambda: case_of(own("return self.out(x)", "self.out = layers.Dense(1)") + train(), "numbers")),
    not_("layers-made-in-call", "in build", lambda: case_of(own("return self.out(x)\n\n    def build(self, shape):\n        self.out = layers.Dense(1)\n        self.out.build(shape)") + train(), "numbers")),
    not_("layers-made-in-call", "a call that fails otherwise", lambda: case_of(own("return x @ x") + train(), "numbers")),
    not_("layers-made-in-call", "functions of layers", lambda: case_of(own("return keras.ops.relu(self.out(x))", "self.out = layers.Dense(1)"), "numbers")),
]  # fmt: skip


def with_labels(case: Case, low: float, high: float) -> Case:
    """The case with other training labels."""
    return replace(case, inside={**case.inside, "y_train": np.linspace(low, high, 150, dtype=np.float32)})


LAYERS = [
    shows("no-hidden-nonlinearity", "two linear", lambda: built(f"layers.Dense(32, name='first'), {SOFTMAX}"), "first"),
    shows("no-hidden-nonlinearity", "with dropout", lambda: built(f"layers.Dense(32), layers.Dropout(0.1), {SOFTMAX}")),
    shows("no-hidden-nonlinearity", "one of them", lambda: built(f"{HIDDEN}, layers.Dense(16), {SOFTMAX}")),
    shows(
        "no-hidden-nonlinearity",
        "a class of its own",
        lambda: case_of(HONEST["subclassed"].replace(', activation="gelu"', "").split("def train")[0]),
        "2 kernels",
    ),
    not_("no-hidden-nonlinearity", "activation as a layer", lambda: built(f"layers.Dense(32), layers.ReLU(), {SOFTMAX}")),
    not_("no-hidden-nonlinearity", "no hidden layer", lambda: built(SOFTMAX)),
    shows("no-hidden-nonlinearity", "linear convolution", lambda: built(f"layers.Reshape((8, 8, 1)), layers.Conv2D(4, 3), layers.Flatten(), {SOFTMAX}")),
    not_("no-hidden-nonlinearity", "squares", lambda: case_of(SQUARES)),
    not_("no-hidden-nonlinearity", "branches", lambda: case_of(BRANCHES)),
    not_("no-hidden-nonlinearity", "a class of its own with gelu", lambda: honest("subclassed")),
    not_(
        "no-hidden-nonlinearity",
        "separable convolution",
        lambda: built(f"layers.Reshape((8, 8, 1)), layers.SeparableConv2D(4, 3), layers.Flatten(), layers.ReLU(), {SOFTMAX}"),
    ),
    shows("constant-init", "zeros", lambda: case_of(build(f"layers.Dense(32, activation='relu', kernel_initializer='zeros'), {SOFTMAX}") + train()), "All 32 units"),
    shows("constant-init", "ones", lambda: built(f"layers.Dense(16, activation='tanh', kernel_initializer='ones'), {SOFTMAX}"), "All 16 units"),
    not_("constant-init", "zeros in the output", lambda: built(f"{HIDDEN}, layers.Dense(10, kernel_initializer='zeros', activation='softmax')")),
    not_("constant-init", "random", honest),
    not_("constant-init", "one hidden unit", lambda: built(f"layers.Dense(1, activation='relu'), {SOFTMAX}")),
    shows("dropout-too-high", "0.8", lambda: built(f"{HIDDEN}, layers.Dropout(0.8), {SOFTMAX}"), "rate of 0.8"),
    shows("dropout-too-high", "0.51", lambda: with_layers(built(f"{HIDDEN}, layers.Dropout(0.3), {SOFTMAX}"), "Dropout", rate=0.51)),
    not_("dropout-too-high", "0.5", lambda: built(f"{HIDDEN}, layers.Dropout(0.5), {SOFTMAX}")),
    not_("dropout-too-high", "another rate", lambda: with_layers(honest(), "Dense", rate=0.9)),
    shows("order-of-norm-and-dropout", "wrong order", lambda: built(f"{HIDDEN}, layers.Dropout(0.3), layers.BatchNormalization(), {SOFTMAX}"), "30%"),
    not_("order-of-norm-and-dropout", "right order", lambda: built(f"layers.Dense(32), layers.BatchNormalization(), layers.ReLU(), layers.Dropout(0.3), {SOFTMAX}")),
    not_("order-of-norm-and-dropout", "a layer between", lambda: built(f"layers.Dropout(0.3), layers.Dense(32), layers.BatchNormalization(), {SOFTMAX}")),
    not_("order-of-norm-and-dropout", "no dropout at all", lambda: built(f"{HIDDEN}, layers.Dropout(0.0), layers.BatchNormalization(), {SOFTMAX}")),
    shows("network-too-big", "too many weights", lambda: with_model(honest(), trainable_parameters=1_010_001), "1010001"),
    not_("network-too-big", "just enough", lambda: with_model(honest(), trainable_parameters=1_010_000)),
    shows("network-too-big", "more than the problem deserves", lambda: wine("layers.Dense(140, activation='relu'), layers.Dense(3, activation='softmax')"), "2383 weights; at most 2000 are reasonable"),
    not_("network-too-big", "exactly what it deserves", lambda: with_model(wine("layers.Dense(3, activation='softmax')"), trainable_parameters=2000)),
    not_("network-too-big", "many frozen weights", lambda: with_model(honest(), parameters=5_000_000)),
    shows("dead-relu", "a dead layer", lambda: case_of(build(f"layers.Dense(16, activation='relu', bias_initializer=keras.initializers.Constant(-50.0)), {SOFTMAX}") + train()), "16 of 16"),
    shows("dead-relu", "one whole layer of two", lambda: with_taps(honest(), (64, 0, 0.0), (16, 16, 0.0))),
    shows("dead-relu", "more than half", lambda: with_taps(honest(), (64, 33, 0.0)), "33 of 64"),
    not_("dead-relu", "half", lambda: with_taps(honest(), (64, 32, 0.0))),
    not_("dead-relu", "a healthy network", honest),
    not_("dead-relu", "another activation", lambda: honest("subclassed")),
    not_("dead-relu", "negative tanh", lambda: with_taps(tanh(), (32, 32, 0.0))),
    shows("saturated-units", "large weights", lambda: case_of(build(f"layers.Dense(16, activation='tanh', kernel_initializer=keras.initializers.RandomNormal(stddev=50.0)), {SOFTMAX}") + train()), "beyond ±5"),
    shows("saturated-units", "more than half", lambda: with_taps(tanh(), (32, 0, 0.51))),
    not_("saturated-units", "half", lambda: with_taps(tanh(), (32, 0, 0.5))),
    not_("saturated-units", "small weights", tanh),
    not_("saturated-units", "large relu", lambda: with_taps(honest(), (64, 0, 0.9))),
    not_("saturated-units", "a sure sigmoid head", lambda: case_of(build(f"{HIDDEN}, layers.Dense(10, activation='sigmoid', bias_initializer=keras.initializers.Constant(-9.0))", '"binary_crossentropy"') + train())),
    not_("saturated-units", "swish", lambda: case_of(build(f"layers.Rescaling(100), layers.Dense(16, activation='swish'), {SOFTMAX}") + train())),
]  # fmt: skip


INPUTS = [
    shows("unscaled-input", "grey values", lambda: case_of(build(f"{HIDDEN}, {SOFTMAX}") + train(x="16 * x_train")), "from 0 to 16"),
    shows("unscaled-input", "inside the network", lambda: with_fit(scaling("255"), x_range=(0.0, 1.0)), "from 0 to 255"),
    shows("unscaled-input", "as claimed only", lambda: with_fit(without_replays(plain()), x_range=(0.0, 255.0))),
    shows("unscaled-input", "just above", lambda: with_fit(plain(), x_range=(0.0, 10.5))),
    shows("unscaled-input", "both signs", lambda: with_fit(plain(), x_range=(-105.0, 50.0))),
    shows("unscaled-input", "raw numbers", lambda: number(NUMBER, trained=train(epochs=1), room="whole numbers"), "Standardise them"),
    shows("unscaled-input", "wines multiplied", lambda: wine("layers.Dense(3, activation='softmax')", trained=train(x="99 * x_train")), "Hand on x_train as it is"),
    not_("unscaled-input", "standardised", lambda: with_fit(plain(), x_range=(-100.0, 32.0))),
    not_("unscaled-input", "not much more than 1", lambda: with_fit(plain(), x_range=(0.0, 10.0))),
    not_("unscaled-input", "Rescaling layer", lambda: with_fit(scaling("1 / 255"), x_range=(0.0, 255.0))),
    not_("unscaled-input", "division in call", lambda: with_fit(honest("subclassed"), x_range=(0.0, 2.0))),
    not_("unscaled-input", "batch norm first", lambda: with_fit(case_of(build(f"layers.BatchNormalization(), {SOFTMAX}") + train()), x_range=(0.0, 255.0))),
    not_("unscaled-input", "range not known", lambda: with_fit(honest(), x_range=None)),
    shows("scaled-twice", "divided again", lambda: case_of(build(f"{HIDDEN}, {SOFTMAX}") + train(x="x_train / 16")), "from 0 to 0.0625"),
    shows("scaled-twice", "inside the network", lambda: scaling("1 / 255"), "0.003922"),
    shows("scaled-twice", "just below", lambda: with_fit(plain(), x_range=(-0.046, 0.05))),
    not_("scaled-twice", "just enough", lambda: with_fit(plain(), x_range=(-0.05, 0.05001))),
    not_("scaled-twice", "once", honest),
    not_("scaled-twice", "raw values and Rescaling", lambda: with_fit(scaling("1 / 255"), x_range=(0.0, 255.0))),
    not_("scaled-twice", "features that are small anyway", lambda: replace(case_of(build(f"{HIDDEN}, {SOFTMAX}") + train(x="x_train / 16")), inside={**data().inside, "x_train": data().inside["x_train"] / 16})),
    not_("scaled-twice", "all the same", lambda: with_fit(honest(), x_range=(0.0, 0.0))),
    shows("integer-input", "cut off", lambda: case_of(build(f"{HIDDEN}, {SOFTMAX}") + train(x="x_train.astype(int)")), "int64"),
    shows("integer-input", "truth values", lambda: with_fit(honest(), x_dtype="bool")),
    shows("integer-input", "standardised numbers cut off", lambda: wine("layers.Dense(3, activation='softmax')", trained=train(x="x_train.astype('int32')")), "int32"),
    not_("integer-input", "numbers that are whole anyway", lambda: number(NUMBER, trained=train(x="x_train.astype(int)"), room="whole numbers")),
    not_("integer-input", "grey values as bytes", lambda: with_fit(honest(), x_dtype="uint8", x_range=(0.0, 255.0))),
    not_("integer-input", "more than black and white", lambda: with_fit(honest(), x_dtype="int64", x_range=(0.0, 2.0))),
    not_("integer-input", "double precision", lambda: with_fit(honest(), x_dtype="float64")),
    not_("integer-input", "no type", lambda: with_fit(honest(), x_dtype="nonsense")),
    shows("train-test-overlap", "in split", lambda: split_parts(7), "7 of the 50"),
    shows("train-test-overlap", "validation rows in fit", lambda: case_of(build(SOFTMAX) + train(before="x_train = np.concatenate([x_train, x_val]); y_train = np.concatenate([y_train, y_val])")), "337 rows"),
    shows("train-test-overlap", "validation rows of wines", lambda: wine("layers.Dense(3, activation='softmax')", trained=train(before="x_train = np.concatenate([x_train, x_val]); y_train = np.concatenate([y_train, y_val])")), "44 rows"),
    not_("train-test-overlap", "a clean split", lambda: split_parts(0)),
    not_("train-test-overlap", "only training rows", honest),
    not_("train-test-overlap", "a split that is none", lambda: with_step(honest(), "split@first", outcome=Returned(value=Items(container="tuple", items=(OtherValue(type="DataFrame"),) * 4)))),
]  # fmt: skip


def prepared(function: Callable[[Array, Array], object]) -> Case:
    """What a function made of one training part and two test parts, one of them moved."""
    random = np.random.default_rng(13)
    train, test = random.gamma(2.0, 3.0, (24, 5)), random.gamma(2.0, 3.0, (9, 5))
    case = Case({}, {}, ImportEvidence(), {}, {})
    for name, part in {"usual": test, "shifted": 3 * test + 20 * np.arange(1, 6)}.items():
        arrays: dict[str, Array] = {}
        outcome = Returned(value=encode(function(train, part), arrays))
        case = with_step(case, f"prepare@{name}", arrays, outcome=outcome)
    return case


def standardised(x: Array, rows: Array) -> Array:
    """Features by the statistics of rows."""
    scaled: Array = (x - rows.mean(axis=0)) / rows.std(axis=0)
    return scaled


def frame(x: Array) -> Items:
    """A table as a run writes it down: one record for each row."""
    cells = [
        tuple(
            (f"c{i}", ArrayValue(ref=f"{id(x)}:{r}:{i}", dtype="float64", shape=(), container="scalar"))
            for i in range(x.shape[1])
        )
        for r in range(len(x))
    ]
    return Items(container="DataFrame", items=tuple(Entries(entries=row) for row in cells))


def framed(train: Array, test: Array) -> Case:
    """Two tables that came back for both test parts."""
    arrays = {
        f"{id(x)}:{r}:{i}": np.array(x[r, i])
        for x in (train, test)
        for r in range(len(x))
        for i in range(x.shape[1])
    }
    outcome = Returned(value=Items(container="tuple", items=(frame(train), frame(test))))
    case = Case({}, {}, ImportEvidence(), {}, {})
    for name in ("usual", "shifted"):
        case = with_step(case, f"prepare@{name}", arrays, outcome=outcome)
    return case


LEAKS = [
    shows("scaler-leak", "fitted on both parts", lambda: prepared(lambda a, b: (standardised(a, np.vstack([a, b])), standardised(b, np.vstack([a, b])))), "the x_train that prepare() returned changed too"),
    shows("scaler-leak", "fitted on the test part", lambda: prepared(lambda a, b: [standardised(a, b), standardised(b, b)]), "returned changed too"),
    shows("scaler-leak", "each part by itself", lambda: prepared(lambda a, b: (standardised(a, a), standardised(b, b))), "the same x_test as before"),
    shows("scaler-leak", "scaled to the range of both", lambda: prepared(lambda a, b: tuple((x - np.vstack([a, b]).min()) / np.ptp(np.vstack([a, b])) for x in (a, b)))),
    shows("scaler-leak", "tables of pandas", lambda: framed(np.random.default_rng(1).normal(0, 1, (8, 2)), np.random.default_rng(2).normal(0, 1, (4, 2)))),
    not_("scaler-leak", "by the training part", lambda: prepared(lambda a, b: (standardised(a, a), standardised(b, a)))),
    not_("scaler-leak", "in the wrong order", lambda: prepared(lambda a, b: (standardised(b, a), standardised(a, a)))),
    not_("scaler-leak", "each row by itself", lambda: prepared(lambda a, b: (standardised(a.T, a.T).T, standardised(b.T, b.T).T))),
    not_("scaler-leak", "as they are", lambda: prepared(lambda a, b: (a, b))),
    not_("scaler-leak", "zeros", lambda: prepared(lambda a, b: (0 * a, 0 * b))),
    not_("scaler-leak", "no parts", lambda: prepared(lambda a, b: None)),
    not_("scaler-leak", "parts that are none", lambda: prepared(lambda a, b: ("a", "b"))),
    not_("scaler-leak", "NaN", lambda: prepared(lambda a, b: (a * np.nan, b))),
    not_("scaler-leak", "other shapes each time", lambda: prepared(lambda a, b: (a[: int(b.max())], b))),
    not_("scaler-leak", "other test shapes each time", lambda: prepared(lambda a, b: (a, b[: int(b.min()) % 7 + 1]))),
    not_("scaler-leak", "nothing for the usual part", lambda: prepared(lambda a, b: (a, b) if b.min() > 20 else None)),
    not_("scaler-leak", "nothing for the moved part", lambda: prepared(lambda a, b: None if b.min() > 20 else (a, b))),
    not_("scaler-leak", "the usual call only", lambda: without_steps(prepared(lambda a, b: (a, a)), "prepare@shifted")),
    not_("scaler-leak", "one call only", lambda: without_steps(prepared(lambda a, b: (a, a)), "prepare@usual")),
]  # fmt: skip


def scaling(factor: str) -> Case:
    """A network that scales its inputs itself."""
    return case_of(build(f"layers.Rescaling({factor}), {HIDDEN}, {SOFTMAX}") + train())


CURVES = [
    shows("untrained", "fit never called", lambda: case_of(build(SOFTMAX) + "def train(model, *data):\n    return None\n"), "did not run model.fit"),
    shows("untrained", "a copy was trained", lambda: case_of(build(SOFTMAX) + train(before="model = build_model()", epochs=2)), "2 epochs"),
    shows("untrained", "all frozen", lambda: case_of(build(SOFTMAX).replace("    return", "    model.trainable = False\n    return") + train()), "frozen"),
    not_("untrained", "trained", honest),
    not_("untrained", "trained a little", lambda: case_of(build(SOFTMAX, optimizer="keras.optimizers.SGD(1e-4)") + train())),
    not_("untrained", "not replayed", lambda: without_replays(honest())),
    shows("compiled-then-frozen", "frozen after a fit", lambda: case_of(build(f"layers.Dense(8, activation='relu', name='base'), {SOFTMAX}", eagerly=False) + train(before=refit("model.layers[0].trainable = False"))), "trainable of base"),
    shows("compiled-then-frozen", "thawed after a fit", lambda: case_of(build(f"layers.Dense(8, activation='relu', name='base', trainable=False), {SOFTMAX}", eagerly=False) + train(before=refit("model.layers[0].trainable = True"))), "trainable of base"),
    shows("compiled-then-frozen", "another optimizer's weights", lambda: case_of(build(f"layers.Dense(8, activation='relu', trainable=False), {SOFTMAX}") + train(before=refit("model.layers[0].trainable = True"))), "new optimizer"),
    not_("compiled-then-frozen", "one optimizer for several networks", lambda: raising("train@0", "ValueError", "Unknown variable: <Variable path=dense/kernel, shape=(64, 8), dtype=float32>. This optimizer can only be called for the variables it was originally built with.")),
    not_("compiled-then-frozen", "compiled again", lambda: case_of(build(f"layers.Dense(8, activation='relu'), {SOFTMAX}", eagerly=False) + train(before=refit("model.layers[0].trainable = False; model.compile('adam', 'categorical_crossentropy')")))),
    not_("compiled-then-frozen", "before the first fit", lambda: case_of(build(f"layers.Dense(8, activation='relu'), {SOFTMAX}", eagerly=False) + train(before="model.layers[0].trainable = False"))),
    not_("compiled-then-frozen", "eagerly, where it has its effect", lambda: case_of(build(f"layers.Dense(8, activation='relu'), {SOFTMAX}") + train(before=refit("model.layers[0].trainable = False")))),
    not_("compiled-then-frozen", "two fits of one network", lambda: case_of(build(SOFTMAX, eagerly=False) + train(before=refit("pass")))),
    not_("compiled-then-frozen", "an honest network", honest),
    shows("lr-too-high", "a number that diverges", lambda: number(f"layers.Dense(8, activation='relu'), {NUMBER}", optimizer="keras.optimizers.SGD(0.8)", trained=train(epochs=6)), "rate of 0.8"),
    shows("lr-too-high", "ten times the usual", lambda: with_curves(rated(0.1, "SGD", numeric()), loss=[2.0, float("inf")])),
    shows("lr-too-high", "growing", lambda: with_curves(rated(0.1, "SGD", numeric()), loss=[2.0, 20.1])),
    not_("lr-too-high", "less than ten times the usual", lambda: with_curves(rated(0.0999, "SGD", numeric()), loss=[2.0, float("inf")])),
    not_("lr-too-high", "growing a little", lambda: with_curves(rated(0.1, "SGD", numeric()), loss=[2.0, 19.9])),
    not_("lr-too-high", "the features say it", lambda: with_fit(with_curves(rated(0.5, "SGD", numeric()), loss=[float("nan")]), x_finite=False)),
    not_("lr-too-high", "the labels say it", lambda: with_fit(with_curves(rated(0.5, "SGD", numeric()), loss=[float("nan")]), y_range=None)),
    not_("lr-too-high", "a bounded head says it", lambda: rated(0.5, case=number(YES, trained=train()))),
    shows("lr-too-high", "yes or no", lambda: rated(0.03, case=answer(f"layers.Dense(4, activation='tanh'), {YES}", optimizer="keras.optimizers.SGD(1e-9)", trained=train()))),
    not_("lr-too-high", "one layer, which has one minimum only", lambda: rated(0.03, case=answer(YES, optimizer="keras.optimizers.SGD(1e-9)", trained=train()))),
    not_("lr-too-high", "yes or no that is learned", lambda: rated(0.03, case=OTHERS["yes or no"]())),
    shows("lr-too-high", "Adam with 1", lambda: case_of(build(f"{HIDDEN}, {HIDDEN}, {SOFTMAX}", optimizer="keras.optimizers.Adam(1.0)") + train()), "rate of 1;"),
    shows("lr-too-high", "at the limit and poor", lambda: poor("keras.optimizers.SGD(1.0, weight_decay=0.9)")),
    shows("lr-too-high", "diverged", lambda: with_curves(rated(0.03), loss=[2.0, float("nan")])),
    not_("lr-too-high", "below the limit", lambda: with_curves(rated(0.0299), loss=[2.0, float("nan")])),
    not_("lr-too-high", "high but learned", lambda: rated(0.03)),
    not_("lr-too-high", "the head says it", lambda: rated(0.1, case=case_of(RELU_HEAD))),
    not_("lr-too-high", "poor with a usual rate", poor),
    not_("lr-too-high", "an optimizer of another kind", lambda: with_curves(rated(5.0, "Mine"), loss=[float("nan")])),
    shows("lr-too-low", "Adam with 1e-5", lambda: poor("keras.optimizers.Adam(1e-5)"), "rate of 1e-05"),
    shows("lr-too-low", "Adadelta as it comes", lambda: poor('"adadelta"'), "usual is 1."),
    not_("lr-too-low", "just above the limit", lambda: rated(1.1e-4, case=poor())),
    shows("lr-too-low", "at the limit", lambda: rated(1e-4, case=poor())),
    not_("lr-too-low", "low but learned", lambda: rated(1e-5)),
    not_("lr-too-low", "the head says it", lambda: rated(1e-5, case=case_of(RELU_HEAD))),
    not_("lr-too-low", "untrained", lambda: poor("keras.optimizers.Adam(1e-30)")),
    not_("lr-too-low", "lowered on the way", lambda: rated(1e-5, case=poor(), steps=("trained:train@0",))),
    shows("lr-too-low", "a number", lambda: number(NUMBER, optimizer="keras.optimizers.SGD(1e-4)", trained=train(epochs=2)), "rate of 0.0001"),
    not_("lr-too-low", "a number that is learned", lambda: rated(1e-5, case=numeric())),
    not_("lr-too-low", "as good as a plane, nearly", lambda: with_outputs(rated(1e-5, case=numeric()), noisy(0.09))),
    shows("lr-too-low", "worse than a plane", lambda: with_outputs(rated(1e-5, case=numeric()), noisy(0.11))),
    not_("lr-too-low", "more features than rows", lambda: few_rows(number(NUMBER, optimizer="keras.optimizers.SGD(1e-4)", trained=train(epochs=2)))),
    shows("nan-loss", "in the labels", lambda: number(NUMBER, trained=train(y="y_train / 0 * 0")), "labels"),
    shows("nan-loss", "the weights are spoiled", lambda: number(f"layers.Dense(4, activation='relu', name='first'), {NUMBER}", optimizer="keras.optimizers.SGD(1e30)", trained=train(epochs=3)), "those of first"),
    shows("nan-loss", "the last weights are spoiled", lambda: case_of(HALF_SPOILED + train(batch=64), "numbers"), "kernel 2"),
    shows("nan-loss", "spoiled from the beginning", lambda: number("layers.Dense(1, kernel_initializer=keras.initializers.Constant(float('nan')))", trained=train()), "initializers"),
    shows("nan-loss", "the loss alone", lambda: with_curves(honest(), val_loss=[float("nan")]), "weights are still finite"),
    shows("nan-loss", "weights not known", lambda: without_replays(with_curves(honest(), loss=[float("nan")])), "cannot be seen"),
    shows("nan-loss", "in training", lambda: case_of(build(f"{HIDDEN}, {SOFTMAX}", "lambda t, p: keras.ops.log(-p)") + train()), "epoch 1"),
    shows("nan-loss", "in the features", lambda: case_of(build(SOFTMAX) + train(x="x_train / 0 * 0")), "features"),
    shows("nan-loss", "infinite later", lambda: with_curves(honest(), loss=[1.0, 0.5, float("inf")]), "epoch 3"),
    not_("nan-loss", "finite", honest),
    not_("nan-loss", "large but finite", lambda: with_curves(honest(), loss=[1e30], val_loss=[1e30])),
    shows("overfitting", "clear", overfit, "epoch 8"),
    shows("overfitting", "just a quarter", lambda: overfit(low=1.0, end=1.26)),
    not_("overfitting", "less than a quarter", lambda: overfit(low=1.0, end=1.24)),
    shows("overfitting", "just above a wobble", lambda: overfit(low=0.2, end=0.305)),
    not_("overfitting", "a small wobble", lambda: overfit(low=0.2, end=0.297)),
    shows("overfitting", "just a gap", lambda: overfit(end=0.6, loss=0.39)),
    not_("overfitting", "no gap", lambda: overfit(end=0.6, loss=0.41)),
    not_("overfitting", "training loss rises as well", lambda: with_curves(overfit(), loss=falling(0.1, 0.3), val_loss=overfit_curve())),
    not_("overfitting", "the best weights were restored", lambda: with_curves(honest(), loss=falling(2.2, 0.05), val_loss=overfit_curve())),
    not_("overfitting", "a good network", honest),
    not_("overfitting", "without validation", lambda: with_curves(honest(), loss=falling(2.2, 0.05))),
    not_("overfitting", "a jump in the last epoch", lambda: jumping(0.9)),
    not_("overfitting", "a jump in the last two epochs", lambda: jumping(0.9, 0.9)),
    not_("overfitting", "a jump that is over", lambda: jumping(0.9, 0.9, 0.45)),
    shows("overfitting", "a rise with a wobble", lambda: jumping(0.8, 0.7, 0.8, 0.66, 0.9)),
    not_("overfitting", "a learning rate that makes the curves jump", lambda: rated(50.0, case=with_curves(overfit(), loss=[*falling(2.2, 0.2, 18), 0.4, 0.05], val_loss=overfit_curve()))),
    not_("overfitting", "another output was still learning", lambda: two_heads(falling(9, 1))),
    not_("overfitting", "another output was still learning, just", lambda: two_heads([9.0] * 7 + falling(1.26, 1, 13))),
    shows("overfitting", "another output hardly learned any more", lambda: two_heads([9.0] * 7 + falling(1.24, 1, 13))),
    shows("overfitting", "another output rises, too", lambda: two_heads([9.0] * 7 + falling(1, 2, 13))),
    shows("overfitting", "another output has no finite loss", lambda: two_heads([*falling(9, 1, 19), float("nan")])),
    shows("overfitting", "another output was still learning, and this one is poor", lambda: two_heads(falling(9, 1), accuracy=0.8)),
    shows("overfitting", "yes or no", lambda: with_curves(without_replays(OTHERS["yes or no"]()), loss=falling(2.2, 0.05), val_loss=overfit_curve())),
    shows("overfitting", "a number", lambda: overfit_number(2.0)),
    shows("overfitting", "a number, just", lambda: overfit_number(0.11)),
    not_("overfitting", "a number, hardly", lambda: overfit_number(0.09)),
    not_("overfitting", "another loss for a number", lambda: with_curves(without_replays(number(NUMBER, '"mae"', trained=train())), loss=falling(9, 0.05), val_loss=overfit_curve())),
    not_("overfitting", "labels in another unit", lambda: with_fit(overfit_number(2.0), y_range=(0.0, 1.0))),
    not_("overfitting", "functions only", lambda: replace(overfit(), task=Task(kind="functions"))),
    shows("underfitting", "a number, stopped early", lambda: number(NUMBER, optimizer="keras.optimizers.SGD(0.002)", trained=train(epochs=6)), "still falling"),
    shows("underfitting", "a number, stuck", lambda: number(STUCK, optimizer="keras.optimizers.SGD(0.03)", trained=train(epochs=9)), "hardly"),
    not_("underfitting", "a number that is learned", OTHERS["number"]),
    not_("underfitting", "poor on new rows only", lambda: with_curves(with_outputs(numeric(), noisy(0.5)), loss=[0.1] * 9)),
    not_("underfitting", "a number in another unit", lambda: with_fit(number(NUMBER, optimizer="keras.optimizers.SGD(0.002)", trained=train(epochs=6)), y_range=(0.0, 1.0))),
    shows("underfitting", "yes or no", lambda: answer(YES, optimizer="keras.optimizers.SGD(0.002)", trained=train(epochs=2)), "still falling"),
    not_("underfitting", "noise in the labels", OTHERS["yes or no"]),
    shows("underfitting", "one epoch", poor, "more epochs"),
    shows("underfitting", "stuck", lambda: with_curves(poor(), loss=falling(2.3, 2.29), accuracy=falling(0.1, 0.2)), "20%"),
    shows("underfitting", "just", lambda: with_curves(poor(), loss=falling(2.3, 2.29), accuracy=[0.849])),
    not_("underfitting", "just not", lambda: with_curves(poor(), loss=falling(2.3, 2.29), accuracy=[0.85])),
    not_("underfitting", "low in training only, by dropout", lambda: with_curves(honest(), loss=falling(2.3, 1.0), accuracy=[0.7])),
    not_("underfitting", "a good network", lambda: honest("convolution")),
    not_("underfitting", "the learning rate says it", lambda: poor("keras.optimizers.Adam(1e-5)")),
    not_("underfitting", "the head says it", lambda: case_of(RELU_HEAD)),
    not_("underfitting", "raw outputs say it", lambda: case_of(build("layers.Dense(10)") + train())),
    shows("underfitting", "raw outputs that fit", lambda: case_of(build("layers.Dense(10)", LOGITS, "keras.optimizers.SGD(0.01)") + train())),
    not_("underfitting", "too high a rate says it", lambda: poor("keras.optimizers.SGD(1.0, weight_decay=0.9)")),
    shows("underfitting", "hardly falling", lambda: with_curves(poor(), loss=[2.3, 2.2, 2.0, 1.99, 1.97], accuracy=[0.3]), "hardly"),
    shows("underfitting", "still falling", lambda: with_curves(poor(), loss=[2.3, 2.2, 2.0, 1.99, 1.95], accuracy=[0.3]), "still falling"),
    shows("too-good-validation", "far above what was measured", lambda: with_curves(poor(), val_accuracy=[0.99] * 9), "99.0%"),
    shows("too-good-validation", "far above training", lambda: without_replays(with_curves(plain(), accuracy=[0.9] * 5, val_accuracy=[0.5] * 2 + [0.952] * 3)), "5 percentage points"),
    not_("too-good-validation", "a little above training", lambda: without_replays(with_curves(plain(), accuracy=[0.9] * 9, val_accuracy=[0.949] * 9))),
    not_("too-good-validation", "with dropout", lambda: without_replays(with_curves(honest(), accuracy=[0.7] * 9, val_accuracy=[0.9] * 9))),
    not_("too-good-validation", "early", lambda: without_replays(with_curves(plain(), accuracy=[0.3] * 4, val_accuracy=[0.6] * 4))),
    not_("too-good-validation", "a good network", honest),
    not_("too-good-validation", "a copy was trained", lambda: with_curves(case_of(build(SOFTMAX) + train(before="model = build_model()")), val_accuracy=[0.99] * 9)),
    not_("too-good-validation", "nearly what was measured", lambda: with_curves(measured(0.90), val_accuracy=[0.949] * 9)),
    shows("too-good-validation", "just above what was measured", lambda: with_curves(measured(0.90), val_accuracy=[0.955] * 9)),
    shows("too-good-validation", "a number", lambda: with_curves(with_outputs(numeric(), noisy(0.06)), loss=[1.0] * 9, val_loss=[0.001] * 9), "mean squared error"),
    not_("too-good-validation", "a number, hardly", lambda: with_curves(with_outputs(numeric(), noisy(0.04)), loss=[1.0] * 9, val_loss=[0.001] * 9)),
    not_("too-good-validation", "a number, as it is", OTHERS["number"]),
    not_("too-good-validation", "a number, early", lambda: with_curves(with_outputs(numeric(), noisy(0.9)), loss=[1.0] * 4, val_loss=[0.001] * 4)),
    not_("too-good-validation", "a number in another unit", lambda: with_fit(with_curves(with_outputs(numeric(), noisy(0.9)), val_loss=[0.001] * 9), y_range=(0.0, 1.0))),
    not_("too-good-validation", "few rows", lambda: with_curves(without_replays(OTHERS["wines"]()), accuracy=[0.90] * 9, val_accuracy=[1.0] * 9)),
    shows("too-good-validation", "few rows and far above", lambda: with_curves(without_replays(OTHERS["wines"]()), accuracy=[0.80] * 9, val_accuracy=[1.0] * 9)),
    not_("too-good-validation", "functions only", lambda: replace(measured(0.5), task=Task(kind="functions"))),
    not_("validation-ignored", "train is given no validation rows", OTHERS["number, nobody watches"]),
    shows("validation-ignored", "none", lambda: case_of(build(SOFTMAX) + train(more="shuffle=True")), "accuracy, loss"),
    not_("validation-ignored", "a share of the training rows", lambda: case_of(build(SOFTMAX) + train(more="validation_split=0.2"))),
    not_("validation-ignored", "given", lambda: with_curves(honest(), loss=[1.0])),
    not_("validation-ignored", "evaluated by a callback", lambda: with_fit(honest(), validation="")),
    not_("validation-ignored", "fit never ended", lambda: with_curves(with_fit(honest(), validation="", finished=False), loss=[1.0])),
]  # fmt: skip


def numeric() -> Case:
    """A network that has learned its numbers."""
    return OTHERS["number"]()


def refit(then: str) -> str:
    """Code of a training before the training."""
    return f"model.fit(x_train, y_train, epochs=1, verbose=0); {then}"


def noisy(share: float) -> Array:
    """Outputs for the validation rows that explain all of the variance but this share."""
    truth = numbers().inside["y_val"].astype(np.float64)
    error = np.where(np.arange(len(truth)) % 2, 1.0, -1.0) * np.sqrt(share) * truth.std()
    outputs: Array = (truth + error)[:, None].astype(np.float32)
    return outputs


def few_rows(case: Case) -> Case:
    """The case with fewer training rows than a plane needs."""
    return replace(
        case, inside={**case.inside, **{name: case.inside[name][:7] for name in ("x_train", "y_train")}}
    )


def overfit_number(rise: float) -> Case:
    """Curves of a regression whose validation loss rises by a share of the variance."""
    unit = float(numbers().inside["y_train"].var())
    val_loss = falling(2.0, 0.05, 8) + falling(0.05, 0.05 + rise, 12)
    curves = {"loss": falling(2.0 * unit, 0.01), "val_loss": [v * unit for v in val_loss]}
    return with_curves(without_replays(numeric()), **curves)


# The regulariser keeps all weights at 0.
STUCK = "layers.Dense(1, kernel_regularizer=keras.regularizers.L2(10.0))"
# The second kernel takes NaN into itself in the first step; the first one stands behind a gradient that is stopped.
HALF_SPOILED = """
class Half(keras.Model):
    def __init__(self):
        super().__init__()
        self.hidden, self.out = layers.Dense(4, activation="relu"), layers.Dense(1)

    def call(self, x):
        return self.out(keras.ops.stop_gradient(self.hidden(x)))

def build_model():
    model = Half()
    model.compile(keras.optimizers.SGD(1e30), "mse")
    return model
"""


def overfit_curve() -> list[float]:
    """A validation loss that turns."""
    return falling(2.2, 0.4, 8) + falling(0.4, 0.9, 12)


def rated(rate: float, optimizer: str = "Adam", case: Case | None = None, steps: tuple[str, ...] = ()) -> Case:
    """A network that says it was trained with this rate; a good one if none is given."""
    changed = case or honest()
    for step in steps or ("model:build_model@0", "trained:train@0"):
        changed = with_model(changed, step, learning_rate=rate, optimizer=optimizer)
    return changed


def measured(accuracy: float) -> Case:
    """A network that gets this share of the validation rows right."""
    truth = data().inside["y_val"]
    wrong = np.arange(len(truth)) >= accuracy * len(truth)
    outputs = np.eye(10, dtype=np.float32)[np.where(wrong, (truth + 1) % 10, truth)]
    return with_outputs(plain(), outputs)


OLD_KERAS = {
    "lr": ("build_model", "keras.optimizers.Adam(lr=0.1)", "learning_rate"),
    "nb_epoch": ("build_model", "keras.Sequential().fit(np.zeros(1), nb_epoch=3)", "epochs"),
    "acc": ("diagnose", "history.history['acc']", '"accuracy"'),
    "np_utils": ("build_model", "__import__('importlib').import_module('keras.utils.np_utils')", "to_categorical"),
    "np_utils of utils": ("build_model", "keras.utils.np_utils", "to_categorical"),
    "backend": ("build_model", "__import__('importlib').import_module('keras.backend.tensorflow_backend')", "keras.ops"),
    "predict_classes": ("build_model", "keras.Sequential().predict_classes()", "argmax"),
    "predict_proba": ("build_model", "keras.Sequential().predict_proba()", "predict"),
    "fit_generator": ("build_model", "keras.Sequential().fit_generator()", "model.fit"),
    "h5": ("build_model", "keras.Sequential().save_weights('digits.h5')", ".weights.h5"),
    "folder": ("build_model", "keras.Sequential([keras.Input((1,)), layers.Dense(1)]).save('folder')", ".keras"),
    "layers.core": ("build_model", "__import__('importlib').import_module('keras.layers.core')", "keras.layers"),
    "adam": ("build_model", "exec('from keras.optimizers import adam')", "Adam"),
}  # fmt: skip


def old(key: str) -> Case:
    """Code of other years, run by the Keras that is installed."""
    function, expression, _ = OLD_KERAS[key]
    return case_of(f"def {function}(history=None):\n    return {expression}\n")


DECAY = build(SOFTMAX, optimizer="keras.optimizers.SGD(0.1, decay=1e-4)")
CODE = [
    *(shows("old-keras-api", key, partial(old, key), says) for key, (_, _, says) in OLD_KERAS.items()),
    shows("old-keras-api", "decay", lambda: case_of(DECAY), "ignores"),
    shows("old-keras-api", "at the top", lambda: case_of("from keras.utils import np_utils\n"), "to_categorical"),
    shows("return-in-loop", "in the first round", lambda: with_imported(honest(), early_returns=(Frame(line=7, function="class_counts"),)), "`return` in line 7"),
    not_("return-in-loop", "none", honest),
    not_("return-in-loop", "of no name", lambda: with_imported(honest(), early_returns=(Frame(line=7, function="<lambda>"),))),
    shows("input-dim", "input_dim", lambda: case_of("def build_model():\n    return keras.Sequential([layers.Dense(10, input_dim=64)])\n"), "keras.Input"),
    shows("input-dim", "input_shape", lambda: case_of("def build_model():\n    return keras.Sequential([layers.Dense(10, input_shape=(64,))])\n")),
    not_("input-dim", "keras.Input", lambda: built(SOFTMAX)),
    not_("input-dim", "another warning", lambda: with_step(honest(), "build_model@0", output="UserWarning: the layer has no input_dim")),
    not_("old-keras-api", "input_dim, which still works", lambda: case_of("def build_model():\n    return keras.Sequential([layers.Dense(10, input_dim=64)])\n")),
    not_("old-keras-api", "another key", lambda: raising("diagnose@0", "KeyError", "'accuracy_of_mine'")),
    not_("old-keras-api", "another error", lambda: raising("build_model@0", "ValueError", "lr has to be positive")),
    shows("download-inside", "in a function", lambda: with_step(honest(), "load@0", output="Downloading data from https://example.org/mnist.npz\n"), "https://example.org"),
    shows("download-inside", "at the top", lambda: with_imported(honest(), output="Downloading data from https://example.org/x")),
    not_("download-inside", "that failed and says so", lambda: with_step(raising("train@0", "Exception", "URL fetch failure on https://example.org"), "train@0", output="Downloading data from https://example.org/x")),
    not_("download-inside", "that failed at the top", lambda: with_imported(honest(), output="Downloading data from https://example.org/x", failures=(UnitFailure(cell=None, exception=ExceptionFacts(type="Exception", message="URL fetch failure")),))),
    not_("download-inside", "no download", honest),
    shows("shows-a-window", "in a function", lambda: with_step(honest(), "plot_history@0", showed_window=True), "plot_history()"),
    not_("shows-a-window", "in a cell of a notebook", lambda: with_imported(honest(), showed_window=True)),
    not_("shows-a-window", "never", honest),
]  # fmt: skip

EXAMPLES = [*HEADS, *OTHER_HEADS, *STYLED, *LAYERS, *INPUTS, *LEAKS, *CURVES, *CODE]


# Evidence is a claim, and anything may be missing in it or nonsense.
BROKEN: dict[str, Callable[[], Case]] = {
    "nothing at all": lambda: Case({}, {}, ImportEvidence(), {}, {}),
    "no replays": lambda: without_replays(honest()),
    "no steps": lambda: without_steps(honest()),
    "no training": lambda: without_steps(honest(), "train@0"),
    "no network after it": lambda: without_steps(honest(), "trained:train@0"),
    "no labels": lambda: Case({}, {}, ImportEvidence(), honest().steps, {}, honest().replays),
    "no curves": lambda: with_curves(honest()),
    "empty curves": lambda: with_curves(honest(), loss=[], val_loss=[], accuracy=[], val_accuracy=[]),
    "curves of NaN": lambda: with_curves(honest(), **dict.fromkeys(("loss", "val_loss", "accuracy", "val_accuracy"), [float("nan")] * 9)),
    "curves of different lengths": lambda: with_curves(honest(), loss=[1.0], val_loss=[1.0, 2.0], accuracy=[0.5] * 7, val_accuracy=[0.9] * 5),
    "outputs of NaN": lambda: with_outputs(honest(), np.full((337, 10), np.nan, dtype=np.float32)),
    "outputs of another shape": lambda: with_outputs(honest(), np.zeros((3, 2, 2), dtype=np.float32)),
    "no layers": lambda: with_model(honest(), layers=(), parameters=0),
    "a fit without data": lambda: with_fit(honest(), x_shape=(), y_shape=(), x_range=None, x_dtype="", rows="", loss=None, head=None),
    "not compiled": lambda: with_model(honest(), compiled=None),
    "without learning rate": lambda: with_model(honest(), learning_rate=None),
    "no functions": lambda: case_of("def something_else():\n    pass\n"),
}  # fmt: skip
