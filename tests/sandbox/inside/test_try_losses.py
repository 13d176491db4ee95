"""Losses as students write them, compiled into real models: how they are named and what their trial says."""

import functools
import itertools
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import ops
from keras.src.losses.losses import LossFunctionWrapper

from grader.evidence.loss_identity import Finding, IdentifiedLoss, identify_loss
from grader.protocol.loss_trial import MAX_ROWS, MAX_UNITS
from grader.protocol.task import LabelForm
from grader.sandbox.inside.array_store import Store
from grader.sandbox.inside.keras_facts import describe
from grader.sandbox.inside.try_losses import BatchForm, loss_facts, try_loss

X = np.linspace(-1, 1, 32, dtype=np.float32).reshape(8, 4)
CCE, SCCE, BCE = "categorical_crossentropy", "sparse_categorical_crossentropy", "binary_crossentropy"
MSE = "mean_squared_error"


def identified(
    loss: Any, form: LabelForm, batch: BatchForm | None = None, kind: Any = keras.Model
) -> IdentifiedLoss:
    """What the grader makes of a loss that a model of three outputs, or of one, was compiled with."""
    inputs = keras.Input((4,))
    outputs = keras.layers.Dense(3 if form in {"integers", "one_hot"} else 1, name="out")(inputs)
    model = kind(inputs, outputs)
    model.compile("adam", loss)
    store = Store()
    facts = describe(model, X, store, batch)
    assert facts.compiled is not None
    return identify_loss(facts.compiled, store.arrays, (form,))


def one_hot(y: Any) -> Any:
    return tf.one_hot(tf.cast(tf.reshape(y, (-1,)), tf.int32), 3)


def gathered(y: Any, p: Any) -> Any:
    rows = tf.stack([tf.range(tf.shape(p)[0]), tf.cast(tf.reshape(y, [-1]), tf.int32)], axis=1)
    return -tf.reduce_mean(tf.math.log(tf.gather_nd(p, rows)))


class Own(keras.losses.Loss):  # type: ignore[misc]
    def call(self, y: Any, p: Any) -> Any:
        return -ops.sum(one_hot(y) * ops.log(ops.clip(p, 1e-7, 1.0)), axis=-1)


class Pairs(keras.losses.Loss):  # type: ignore[misc]
    def call(self, y: Any, p: Any) -> Any:
        return ops.mean(ops.square(y - p), axis=-1)


class Squares(keras.losses.SparseCategoricalCrossentropy):  # type: ignore[misc]
    def call(self, y: Any, p: Any) -> Any:
        return ops.mean(ops.square(one_hot(y) - p), axis=-1)


class Claims(keras.losses.Loss):  # type: ignore[misc]
    def call(self, y: Any, p: Any) -> Any:
        return ops.mean(ops.square(one_hot(y) - p), axis=-1)


Claims.__module__, Claims.__name__ = "keras.losses", "SparseCategoricalCrossentropy"


class Callable:
    def __call__(self, y: Any, p: Any) -> Any:
        return -tf.reduce_mean(tf.reduce_sum(one_hot(y) * tf.math.log(p + 1e-7), axis=1))


def emptied() -> Any:
    loss = keras.losses.CategoricalCrossentropy()
    loss.fn = lambda y, p, **_: ops.mean(ops.square(y - p), axis=-1)
    return loss


KNOWN: dict[str, tuple[Any, LabelForm, str, bool]] = {
    "a list": (["mse"], "numbers", MSE, False),
    "a tuple with None": ((None, "mse"), "numbers", MSE, False),
    "a dict": ({"out": keras.losses.MeanSquaredError()}, "numbers", MSE, False),
    "a dict of own": ({"out": gathered}, "integers", SCCE, False),
    "gotten": (keras.losses.get("CategoricalCrossentropy"), "one_hot", CCE, False),
    "a function of Keras": (tf.keras.losses.categorical_crossentropy, "one_hot", CCE, False),
    "a partial": (
        functools.partial(keras.losses.categorical_crossentropy, from_logits=True),
        "one_hot",
        CCE,
        True,
    ),
    "a class of Keras": (keras.losses.BinaryCrossentropy, "yes_no", BCE, False),
    "from logits": (keras.losses.SparseCategoricalCrossentropy(from_logits=True), "integers", SCCE, True),
    "smoothed": (keras.losses.CategoricalCrossentropy(label_smoothing=0.1), "one_hot", CCE, False),
    "summed": (keras.losses.BinaryCrossentropy(reduction="sum"), "yes_no", BCE, False),
    "of another name": (keras.losses.Huber(0.3), "numbers", "huber", False),
    "wrapped": (
        LossFunctionWrapper(keras.losses.categorical_crossentropy, from_logits=True),
        "one_hot",
        CCE,
        True,
    ),
    "handed on": (lambda y, p: 1.0 * keras.losses.sparse_categorical_crossentropy(y, p), "integers", SCCE, False),
    "gathered": (gathered, "integers", SCCE, False),
    "compiled": (tf.function(gathered), "integers", SCCE, False),
    "a class": (Own(), "integers", SCCE, False),
    "a class without reduction": (Own(reduction="none"), "integers", SCCE, False),
    "a class not built": (Own, "integers", SCCE, False),
    "an object": (Callable(), "integers", SCCE, False),
    "of TensorFlow": (tf.nn.softmax_cross_entropy_with_logits, "one_hot", CCE, True),
    "binary of TensorFlow": (
        lambda y, p: tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=p),
        "yes_no",
        BCE,
        True,
    ),
    "divergence": (lambda y, p: 1.0 * keras.losses.kl_divergence(y, p), "one_hot", CCE, False),
    "norm": (lambda y, p: tf.norm(y - p, axis=-1), "numbers", "mean_absolute_error", False),
    # Names that are not true.
    "a claim": (Claims(), "integers", MSE, False),
    "a subclass": (Squares(), "integers", MSE, False),
    "another function within": (emptied(), "one_hot", MSE, False),
}


@pytest.mark.parametrize("kind", KNOWN)
def test_losses_are_known_in_all_spellings(kind: str) -> None:
    loss, form, name, from_logits = KNOWN[kind]
    found = identified(loss, form)
    assert (found.name, found.from_logits, found.finding) == (name, from_logits, Finding.NAMED)


def test_losses_get_labels_as_fit_got_them() -> None:
    def first_column(y: Any, p: Any) -> Any:
        return keras.losses.sparse_categorical_crossentropy(y[:, 0], p)

    assert identified(first_column, "integers").finding is Finding.RAISES
    assert identified(first_column, "integers", BatchForm(labels_rank=2)).name == SCCE
    assert identified(Pairs(), "numbers").finding is Finding.ALL_PAIRS
    assert identified(Pairs(), "numbers", BatchForm(labels_rank=2)).name == MSE
    weights = np.ones(40, np.float32)
    found = identified(lambda y, p: weights * gathered(y, p) * ops.ones_like(y), "integers", BatchForm(rows=40))
    assert found.name == SCCE
    found = identified(lambda y, p: weights * gathered(y, p) * ops.ones_like(y), "integers")
    assert found.finding is Finding.RAISES
    assert "40" in found.problem
    assert not any(noise in found.problem for noise in ("function_node", "Op:", "  "))
    found = identified(lambda p, y: -tf.reduce_sum(one_hot(y) * tf.math.log(p + 1e-7), axis=-1), "integers")
    assert found.finding is Finding.SWAPPED


def test_a_loss_that_is_named_gives_what_an_object_of_it_gives_whatever_was_tried_before() -> None:
    def try_it(loss: Any, units: int, batch: BatchForm) -> list[list[float]]:
        inputs = keras.Input((4,))
        model = keras.Model(inputs, keras.layers.Dense(units)(inputs))
        model.compile("adam", loss)
        store = Store()
        return [
            store.arrays[trial.ref].tolist() for trial in try_loss(model, X, (None, units), batch, store, loss)
        ]

    batches = [BatchForm(), BatchForm(2), BatchForm(1, 7)]
    for name, objects in {
        "mse": keras.losses.MeanSquaredError,
        SCCE: keras.losses.SparseCategoricalCrossentropy,
    }.items():
        for units, batch in itertools.product([1, 2, 3], batches):
            expected = try_it(objects(), units, batch)
            assert np.array_equal(try_it(name, units, batch), expected, equal_nan=True)
            assert np.array_equal(try_it(name, units, batch), expected, equal_nan=True)
    before = try_it(BCE, 1, BatchForm())
    epsilon = keras.config.epsilon()
    keras.config.set_epsilon(0.2)
    try:
        assert try_it(BCE, 1, BatchForm()) != before
    finally:
        keras.config.set_epsilon(epsilon)


def test_a_model_with_a_loss_of_its_own_is_tried_where_that_is_possible() -> None:
    class Computes(keras.Model):  # type: ignore[misc]
        def compute_loss(self, x: Any = None, y: Any = None, y_pred: Any = None, **_: Any) -> Any:
            return ops.mean(ops.square(ops.reshape(y, (-1, 1)) - y_pred)) + 0.1

    class Differs(keras.Model):  # type: ignore[misc]
        def compute_loss(self, x: Any = None, y: Any = None, y_pred: Any = None, **_: Any) -> Any:
            return ops.mean(ops.abs(ops.reshape(y, (-1, 1)) - y_pred))

    class Steps(keras.Model):  # type: ignore[misc]
        def train_step(self, data: Any) -> Any:
            return {}

    assert identified(None, "numbers", kind=Computes).name == MSE
    assert identified("mse", "numbers", kind=Computes).name == MSE
    assert identified("mse", "numbers", kind=Differs).name == "mean_absolute_error"  # not what the other one gave
    found = identified(None, "numbers", kind=Steps)
    assert (found.name, found.finding) == ("", Finding.NAMED)


def test_losses_without_a_name_are_several_or_none() -> None:
    assert identified(["mse", "mae"], "numbers").name == "several"
    assert identified([None], "numbers").name in {"", "several"}
    assert identified(None, "numbers").name == ""


@pytest.mark.parametrize(
    ("loss", "name"), [([], ""), ({}, ""), (None, ""), (["mse", "mae"], "several"), (["mse"], MSE)]
)
def test_no_loss_and_several_are_told_apart(loss: Any, name: str) -> None:
    assert loss_facts(loss) == (name, {})


def test_what_is_filled_in_later_counts() -> None:
    loss = functools.partial(keras.losses.BinaryCrossentropy(from_logits=True), from_logits=False)
    name, options = loss_facts(loss)
    assert (name, options["from_logits"]) == (BCE, False)


@pytest.mark.parametrize(
    ("rows", "tried"), [(0, 32), (-1, 32), (1, 1), (7, 7), (MAX_ROWS, MAX_ROWS), (MAX_ROWS + 1, 32)]
)
def test_a_loss_is_tried_on_batches_as_those_of_fit_up_to_a_limit(rows: int, tried: int) -> None:
    sizes = set()

    def loss(y: Any, p: Any) -> Any:
        sizes.add(len(p))
        return ops.mean(ops.square(y - p))

    identified(loss, "numbers", BatchForm(rows=rows))
    assert sizes == {tried}


@pytest.mark.parametrize("shape", [(), (None, 2, 3), (None, None), (None, 0), (None, MAX_UNITS + 1)])
def test_outputs_that_are_no_row_of_numbers_are_not_tried(shape: tuple[int | None, ...]) -> None:
    inputs = keras.Input((4,))
    model = keras.Model(inputs, keras.layers.Dense(1)(inputs))
    model.compile("adam", "mse")
    assert try_loss(model, X, shape, BatchForm(), Store(), "mse") == ()


@pytest.mark.parametrize("loss", [None, [], ["mse", "mae"]])
def test_no_loss_and_several_are_not_tried(loss: Any) -> None:
    inputs = keras.Input((4,))
    model = keras.Model(inputs, keras.layers.Dense(1)(inputs))
    assert try_loss(model, X, (None, 1), BatchForm(), Store(), loss) == ()


def test_a_model_that_gives_one_number_for_a_row_has_one_unit() -> None:
    inputs = keras.Input((4,))
    model = keras.Model(inputs, keras.layers.Reshape(())(keras.layers.Dense(1)(inputs)))
    trials = try_loss(model, X, (None,), BatchForm(), Store(), "mse")
    assert [(trial.form, trial.units, trial.problem) for trial in trials] == [
        ("yes_no", 1, ""),
        ("numbers", 1, ""),
    ]
