"""Dropout and a linear output, judged by what real networks compute."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from grader.evidence.judgement import Judgement
from grader.evidence.network import read_network
from grader.protocol.verdict import Status
from grader.rubric.checks import Architecture, DropsInTraining, LinearOutput, Training
from grader.rubric.checks.networks.dropout_in_fit import judge_dropout_in_fit
from grader.rubric.data import Data
from tests.helpers import lab
from tests.helpers.cases import judged, text
from tests.helpers.fit_watch import record_fits, watch_fits

NETWORK = Training()
Layers = Callable[[Any], list[Any]]


def _data() -> Data:
    random = np.random.default_rng(0)
    parts = {name: random.normal(size=(12, 3)).astype(np.float32) for name in ("x_train", "x_val", "x_test")}
    inside = {"x_train": parts["x_train"], "x_val": parts["x_val"]}
    inside |= {"y_train": parts["x_train"][:, 0], "y_val": parts["x_val"][:, 0]}
    return Data(inside, {"x_test": parts["x_test"], "y_test": parts["x_test"][:, 0]})


DATA = _data()


def sequential(layers: Layers) -> Callable[[], Any]:
    def build() -> Any:
        import keras

        model = keras.Sequential([keras.Input((3,)), *layers(keras.layers)])
        model.compile(optimizer="sgd", loss="mse")
        return model

    return build


def own(drop: Callable[[Any, Any, Any], Any]) -> Callable[[], Any]:
    """Return what builds a model of a class of its own. `drop`: its call between the layers."""

    def build() -> Any:
        import keras

        class Own(keras.Model):  # type: ignore[misc]
            def __init__(self) -> None:
                super().__init__()
                self.one = keras.layers.Dense(16, activation="relu")
                self.dropout = keras.layers.Dropout(0.5)
                self.out = keras.layers.Dense(1)

            def call(self, x: Any, training: Any = None) -> Any:
                return self.out(drop(self, self.one(x), training))

        model = Own()
        model.compile(optimizer="sgd", loss="mse")
        return model

    return build


def _mask(_model: Any, x: Any, training: Any) -> Any:
    import tensorflow as tf

    return x * tf.cast(tf.random.uniform(tf.shape(x)) > 0.5, x.dtype) * 2 if training else x


def hidden(*more: Callable[[Any], Any], **options: Any) -> Layers:
    return lambda k: [k.Dense(16, activation="relu"), *(layer(k) for layer in more), k.Dense(1, **options)]


def of(check: Any, build: Callable[[], Any]) -> Judgement:
    functions = {"build_model": build, "train": lambda *_: lab.history(loss=[1.0])}
    return judged(check, lab.run(check, DATA, functions))


RIGHT = {
    "a layer": sequential(hidden(lambda k: k.Dropout(0.2))),
    "of the input": sequential(lambda k: [k.Dropout(0.2), k.Dense(8, activation="tanh"), k.Dense(1)]),
    "alpha dropout": sequential(hidden(lambda k: k.AlphaDropout(0.2))),
    "gaussian dropout": sequential(hidden(lambda k: k.GaussianDropout(0.2))),
    "the same units of all rows": sequential(hidden(lambda k: k.Dropout(0.5), lambda k: k.BatchNormalization())),
    "and moved afterwards": sequential(hidden(lambda k: k.Dropout(0.2), lambda k: k.Rescaling(1.0, offset=2.0))),
    "of few units": sequential(lambda k: [k.Dense(3, activation="tanh"), k.Dropout(0.05), k.Dense(1)]),
    "a rate of one per cent": sequential(lambda k: [k.Dense(256, activation="relu"), k.Dropout(0.01), k.Dense(1)]),
    "one of two rates": sequential(hidden(lambda k: k.Dropout(1e-4), lambda k: k.Dropout(0.2))),
    "in a class": own(lambda m, x, training: m.dropout(x, training=training)),
    "training comes by itself": own(lambda m, x, _training: m.dropout(x)),
    "a mask of one's own": own(_mask),
}


@pytest.mark.parametrize("name", RIGHT)
def test_dropout_in_any_style_passes(name: str) -> None:
    judgement = of(DropsInTraining(NETWORK), RIGHT[name])
    assert judgement.status is Status.PASSED, text(judgement.message)


WRONG = {
    "none": (sequential(hidden()), "Nothing is dropped in training"),
    "a rate of 0": (sequential(hidden(lambda k: k.Dropout(0.0))), "its rate is 0"),
    "a rate of 0.002": (
        sequential(hidden(lambda k: k.Dropout(0.002))),
        "The largest rate of the Dropout layers is",
    ),
    "two tiny rates": (
        sequential(hidden(lambda k: k.Dropout(1e-4), lambda k: k.GaussianDropout(0.009))),
        "The largest rate of the Dropout layers is 0.009",
    ),
    "noise": (sequential(hidden(lambda k: k.GaussianNoise(0.2))), "that is noise"),
    "of the output": (
        sequential(lambda k: [k.Dense(8), k.Dense(1), k.Dropout(0.5)]),
        "The output itself is dropped",
    ),
    "in front of one answer": (
        sequential(lambda k: [k.Dense(8), k.Dropout(0.5), k.Dense(1), k.Rescaling(0.0, offset=1.0)]),
        "answers 1 to each row, whatever is dropped",
    ),
    "of the output, and moved": (
        sequential(lambda k: [k.Dense(8), k.Dense(1), k.Dropout(0.2), k.Rescaling(1.0, offset=2.0)]),
        "The output itself is dropped",
    ),
    "switched off": (own(lambda m, x, _training: m.dropout(x, training=False)), "hand training on"),
    "always": (own(lambda m, x, _training: m.dropout(x, training=True)), "drops units when it predicts, too"),
    "without effect": (
        own(lambda m, x, training: x + 0.0 * m.dropout(x, training=training)),
        "hardly depend on them",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_drops_nothing_or_too_much_fails(name: str) -> None:
    build, words = WRONG[name]
    judgement = of(DropsInTraining(NETWORK), build)
    assert judgement.status is Status.FAILED, text(judgement.message)
    assert words in text(judgement.message)
    assert not judgement.blocks


def _learn(model: Any, *_rows: Any) -> Any:
    """Change what may be trained, as a training would."""
    for weight in model.trainable_weights:
        weight.assign(weight + 0.1)
    return lab.history(loss=[1.0])


BEGINS_AT_ZERO = {
    "an output layer": (hidden(lambda k: k.Dropout(0.2), kernel_initializer="zeros"), True),
    "nearly, beside a large bias": (
        hidden(
            lambda k: k.Dropout(0.2),
            kernel_initializer=lambda shape, dtype=None: np.full(shape, 1e-7),
            bias_initializer="ones",
        ),
        True,
    ),
    "and learns nothing": (
        lambda k: [
            k.Dense(16, activation="relu"),
            k.Dropout(0.2),
            k.Dense(1, kernel_initializer="zeros", trainable=False),
        ],
        False,
    ),
}


def residual() -> Layers:
    """Return a network with a branch whose factor begins at zero, beside another one that stays there."""
    import keras

    class Branch(keras.layers.Layer):  # type: ignore[misc]
        def __init__(self, **options: Any) -> None:
            super().__init__(**options)
            self.dropout = keras.layers.Dropout(0.2)
            self.factor = self.add_weight(shape=(), initializer="zeros")

        def call(self, x: Any, training: Any = None) -> Any:
            return x + self.factor * self.dropout(x, training=training)

    return lambda k: [k.Dense(8, activation="relu"), Branch(), k.Dense(1)]


def _learn_but_the_factor(model: Any, *rows: Any) -> Any:
    model.layers[1].trainable = False
    return _learn(model, *rows)


@pytest.mark.parametrize(("learn", "passes"), [(_learn, True), (_learn_but_the_factor, False)])
def test_dropout_in_a_branch_that_begins_at_zero_shows_when_its_factor_has_learned(
    learn: Callable[..., Any], passes: bool
) -> None:
    check = DropsInTraining(NETWORK)
    functions = {"build_model": sequential(residual()), "train": learn}
    judgement = judged(check, lab.run(check, DATA, functions))
    assert judgement.status is (Status.PASSED if passes else Status.FAILED), text(judgement.message)


@pytest.mark.parametrize("name", BEGINS_AT_ZERO)
def test_dropout_in_front_of_weights_that_begin_at_zero_shows_when_they_have_learned(name: str) -> None:
    layers, passes = BEGINS_AT_ZERO[name]
    check = DropsInTraining(NETWORK)
    judgement = judged(check, lab.run(check, DATA, {"build_model": sequential(layers), "train": _learn}))
    assert judgement.status is (Status.PASSED if passes else Status.FAILED), text(judgement.message)


def minus_half(shape: Any, dtype: Any = None) -> Any:
    """Begin with biases at which relu gives 0 for many rows."""
    return np.full(shape, -0.5)


def test_dropout_of_the_output_is_found_behind_dropout_of_hidden_units() -> None:
    layers = hidden(lambda k: k.Dropout(0.2))
    check = DropsInTraining(NETWORK)
    functions = {"build_model": sequential(lambda k: [*layers(k), k.Dropout(0.1)]), "train": _learn}
    made = lab.run(check, DATA, functions)
    judgement = judged(check, made)
    assert judgement.status is Status.FAILED
    assert "The output itself is dropped" in text(judgement.message)
    del made.replays["in_training:build_model@0:learned"]  # type: ignore[attr-defined]
    assert judged(check, made).status is Status.NOT_GRADED


@pytest.mark.parametrize(
    "layers",
    [
        lambda k: [k.Dense(3, activation="relu"), k.Dropout(0.5), k.Dense(1)],  # often all three are dropped
        lambda k: [k.Dense(16, activation="relu", bias_initializer=minus_half), k.Dropout(0.5), k.Dense(1)],
    ],
)
def test_an_answer_that_is_0_before_anything_was_learned_is_no_dropped_output(layers: Any) -> None:
    check = DropsInTraining(NETWORK)
    made = lab.run(check, DATA, {"build_model": sequential(layers), "train": _learn})
    outputs = made.replays["in_training:build_model@0"]
    assert any((outputs.arrays[ref] == 0).any() for ref in outputs.evidence.outputs)
    judgement = judged(check, made)
    assert judgement.status is Status.PASSED, text(judgement.message)


@pytest.mark.parametrize("lost", ["in_training:build_model@0:learned", "trained:train@0"])
def test_what_the_grader_lost_of_learned_weights_is_not_graded(lost: str) -> None:
    layers, _passes = BEGINS_AT_ZERO["an output layer"]
    check = DropsInTraining(NETWORK)
    made = lab.run(check, DATA, {"build_model": sequential(layers), "train": _learn})
    del made.replays[lost]  # type: ignore[attr-defined]
    assert judged(check, made).status is Status.NOT_GRADED


def with_rate(*rates: float) -> Callable[..., Any]:
    """Return what trains a network once with each rate, and puts the rate back that it had."""

    def train(model: Any, x: Any, y: Any, *_validation: Any) -> Any:
        layers = [layer for layer in model.layers if getattr(layer, "rate", None)]
        before = [layer.rate for layer in layers]
        for rate in rates:
            for layer in layers:
                layer.rate = rate
            history = model.fit(x, y, epochs=2, verbose=0)
        for layer, rate in zip(layers, before, strict=True):
            layer.rate = rate
        return history

    return train


def after_fit(build: Callable[[], Any], train: Callable[..., Any]) -> Judgement | None:
    """Return what is found in a training whose calls of `fit` are recorded as behind the walls."""
    with watch_fits() as watch:
        check, model = DropsInTraining(NETWORK), build()
        case = lab.run(check, DATA, {"build_model": lambda: model, "train": train})
        record_fits(watch, case, {"build_model@0": model})
    before = read_network(case, NETWORK, 0).before
    assert before is not None
    return judge_dropout_in_fit(case, NETWORK, before)


@pytest.mark.parametrize("rates", [(0.0,), (1e-9,), (0.004,), (0.0, 0.5)])
def test_dropout_that_is_off_while_fit_runs_is_none(rates: Any) -> None:
    """Also where the rate is put back for a second fit: that goes on with the one of the first batch."""
    judgement = after_fit(RIGHT["a layer"], with_rate(*rates))
    assert judgement is not None
    assert judgement.status is Status.FAILED
    assert "while fit ran in train(), their rate was" in text(judgement.message)


@pytest.mark.parametrize("name", ["a layer", "a mask of one's own", "gaussian dropout", "in a class"])
@pytest.mark.parametrize("rates", [(), (0.4,), (0.4, 0.1)])
def test_dropout_that_is_on_while_fit_runs_passes(name: str, rates: Any) -> None:
    assert after_fit(RIGHT[name], with_rate(*rates) if rates else fit_alone) is None


def fit_alone(model: Any, x: Any, y: Any, *_validation: Any) -> Any:
    return model.fit(x, y, epochs=1, verbose=0)


@pytest.mark.parametrize(
    ("activation", "words"),
    [(None, ""), ("linear", ""), ("relu", "the network is dead"), ("sigmoid", "bends or limits it")],
)
def test_the_output_has_to_be_linear(activation: str | None, words: str) -> None:
    judgement = of(LinearOutput(NETWORK), sequential(hidden(activation=activation)))
    assert judgement.status is (Status.FAILED if words else Status.PASSED)
    assert words in text(judgement.message)


FROZEN = {"use_bias": False, "kernel_initializer": "ones", "trainable": False}


@pytest.mark.parametrize(
    ("layers", "passes"),
    [
        (lambda k: [k.Dense(1, activation="relu"), k.Dense(1, **FROZEN)], False),
        (lambda k: [k.Dense(1, activation="tanh"), k.Dense(2, **FROZEN), k.Dense(1, **FROZEN)], False),
        (lambda k: [k.Dense(1), k.Dense(1, **FROZEN)], True),
        (lambda k: [k.Dense(8, activation="relu"), k.Dense(1, **FROZEN)], True),
        (lambda k: [k.Dense(1, activation="relu"), k.Dense(1)], True),
    ],
    ids=["a factor of one", "two factors", "nothing bends", "a frozen output layer", "a layer that learns"],
)
def test_an_output_that_is_bent_stays_bent_behind_weights_that_do_not_learn(layers: Layers, passes: bool) -> None:
    functions = {"build_model": sequential(layers), "train": _learn}
    judgement = judged(LinearOutput(NETWORK), lab.run(LinearOutput(NETWORK), DATA, functions))
    assert judgement.status is (Status.PASSED if passes else Status.FAILED)


def test_the_architecture_of_a_regression_is_not_told_of_classes() -> None:
    check = Architecture(NETWORK, inputs=3, hidden=2, outputs=1)
    assert "collapse into one, and that is a linear regression" in text(of(check, sequential(hidden())).message)
    two = of(check, sequential(lambda k: [k.Dense(8, activation="relu"), k.Dense(2)]))
    assert "one for each number to predict" in text(two.message)
