"""Layers are judged by their weights before and after one step of training, however they are made."""

import dataclasses
from collections.abc import Callable
from functools import cache
from typing import Any

import msgspec
import numpy as np
import pytest

from grader.core.arrays import Array
from grader.core.seal import Seal
from grader.evidence.judgement import Judgement
from grader.protocol.plan import TryLayer
from grader.protocol.verdict import Status
from grader.rubric.checks import (
    ConstantWeights,
    Frozen,
    HeNormal,
    MakesLayer,
    NoBias,
    NonNegative,
    Penalised,
)
from grader.rubric.data import Data
from tests.helpers import lab
from tests.helpers.cases import judged, text

CONSTANT, PENALISED = ConstantWeights(kernel=0.5, bias=1.0), Penalised(l2=0.01)
PROPERTIES = (CONSTANT, NoBias(), PENALISED, NonNegative(), Frozen())


def judge_layer(has: Any, make: Callable[[], Any], **sizes: Any) -> Judgement:
    """Judge what `make` returns."""
    check = MakesLayer("make_layer", "one", has, **{"units": 4} | sizes)
    return judged(check, lab.run(check, Data({}, {}), {"make_layer": lambda _description: make()}))


def dense(units: int = 4, **options: Any) -> Any:
    import keras

    return keras.layers.Dense(units, **options)


def half() -> Any:
    import keras

    return keras.initializers.Constant(0.5)


def penalty(l2: float) -> Any:
    import keras

    return keras.regularizers.L2(l2)


def _clip(w: Any, low: float, high: float) -> Any:
    import keras

    return keras.ops.clip(w, low, high)


def _as_floats(w: Any) -> Any:
    import keras

    return keras.ops.cast(w, "float32")


def _relu_of_kernel() -> Any:
    """Return a layer of an own class that multiplies by the weights that are above zero."""
    import keras

    class Positive(keras.layers.Layer):  # type: ignore[misc]
        def build(self, shape: Any) -> None:
            self.w = self.add_weight(shape=(shape[-1], 4), initializer="glorot_uniform")
            self.b = self.add_weight(shape=(4,), initializer="zeros")

        def call(self, x: Any) -> Any:
            return x @ keras.ops.relu(self.w) + self.b

    return Positive()


def _softplus_of_kernel() -> Any:
    """Return a layer of an own class whose kernel is computed from what is trained, and never below zero."""
    import keras

    class Soft(keras.layers.Dense):  # type: ignore[misc]
        def call(self, x: Any) -> Any:
            return x @ keras.ops.softplus(self.kernel) + self.bias

    return Soft(4)


def _stopped() -> Any:
    """Return a layer that no gradient reaches, as `detach` would make it in PyTorch."""
    import keras

    class Stopped(keras.layers.Dense):  # type: ignore[misc]
        def call(self, x: Any) -> Any:
            return keras.ops.stop_gradient(super().call(x))

    return Stopped(4)


RIGHT = {
    "constant": (CONSTANT, lambda: dense(kernel_initializer=half(), bias_initializer="ones")),
    "no bias": (NoBias(), lambda: dense(use_bias=False)),
    "penalty": (PENALISED, lambda: dense(kernel_regularizer=penalty(0.01))),
    "non-negative": (NonNegative(), lambda: dense(kernel_constraint="non_neg")),
    "non-negative without signs": (NonNegative(), lambda: dense(kernel_constraint=abs)),
    "non-negative by a product": (NonNegative(), lambda: dense(kernel_constraint=lambda w: w * _as_floats(w > 0))),
    "nearly zero": (NonNegative(), lambda: dense(kernel_constraint=lambda w: _clip(w, 1e-3, 1e9))),
    "non-negative in the call": (NonNegative(), _relu_of_kernel),
    "non-negative by softplus": (NonNegative(), _softplus_of_kernel),
    "non-negative, up to 0.1": (NonNegative(), lambda: dense(kernel_constraint=lambda w: _clip(w, 0.0, 0.1))),
    "non-negative, and the bias as well": (
        NonNegative(),
        lambda: dense(kernel_constraint="non_neg", bias_constraint="non_neg"),
    ),
    "frozen": (Frozen(), lambda: dense(trainable=False)),
    "frozen without gradients": (Frozen(), _stopped),
    "frozen, of ones": (Frozen(), lambda: dense(trainable=False, kernel_initializer="ones")),
    "half precision": (PENALISED, lambda: dense(kernel_regularizer=penalty(0.01), dtype="mixed_bfloat16")),
    "half precision throughout": (Frozen(), lambda: dense(trainable=False, dtype="float16")),
}


@pytest.mark.parametrize("name", RIGHT)
def test_what_has_the_property_passes(name: str) -> None:
    has, make = RIGHT[name]
    judgement = judge_layer(has, make)
    assert judgement.status is Status.PASSED, text(judgement.message)


@pytest.mark.parametrize("has", PROPERTIES, ids=lambda has: type(has).__name__)
def test_a_layer_without_options_has_none_of_them(has: Any) -> None:
    judgement = judge_layer(has, dense)
    assert judgement.status is Status.FAILED
    assert "make_layer('one')" in text(judgement.message)  # to be pasted


WRONG = {
    "weights of 1": (CONSTANT, lambda: dense(kernel_initializer="ones", bias_initializer="ones"), "begin as 1, 1"),
    "biases of 0": (CONSTANT, lambda: dense(kernel_initializer=half()), "biases have to begin as 1"),
    "constant and frozen": (
        CONSTANT,
        lambda: dense(kernel_initializer=half(), bias_initializer="ones", trainable=False),
        "something that nobody asked for. Training does not change it at all",
    ),
    "a bias of 1": (NoBias(), lambda: dense(bias_initializer="ones"), "This one gives 1, 1, 1, 1"),
    "a bias that is trained": (NoBias(), dense, "use_bias=False, without quotes, leaves it out"),
    "no bias, with a penalty": (
        NoBias(),
        lambda: dense(use_bias=False, kernel_regularizer=penalty(0.5)),
        "shrinks it as an L2 penalty of 0.5 does",
    ),
    "half a penalty": (PENALISED, lambda: dense(kernel_regularizer=penalty(0.005)), "L2 penalty of 0.005 does"),
    "a penalty of another kind": (PENALISED, lambda: dense(kernel_regularizer="l1"), "in another way"),
    "a penalty on all": (
        PENALISED,
        lambda: dense(kernel_regularizer=penalty(0.01), bias_initializer="ones", bias_regularizer=penalty(0.01)),
        "they have no penalty",
    ),
    "no penalty, frozen": (PENALISED, lambda: dense(trainable=False), "does not change it at all"),
    "a start above zero": (NonNegative(), lambda: dense(kernel_initializer="ones"), "weights are below zero"),
    "all zero for ever": (
        NonNegative(),
        lambda: dense(kernel_constraint=lambda w: 0.0 * w),
        "the layer does not learn",
    ),
    "all one for ever": (
        NonNegative(),
        lambda: dense(kernel_constraint=lambda w: 0.0 * w + 1.0),
        "all of them are 1: the constraint",
    ),
    "a penalty on all, from zero": (
        PENALISED,
        lambda: dense(kernel_regularizer=penalty(0.01), bias_regularizer=penalty(0.01)),
        "they have no penalty",
    ),
    "frozen zeros": (Frozen(), lambda: dense(trainable=False, kernel_initializer="zeros"), "begin as 0"),
    "frozen above zero": (
        NonNegative(),
        lambda: dense(kernel_initializer="ones", trainable=False),
        "the layer does not learn",
    ),
    "other units": (Frozen(), lambda: dense(3, trainable=False), "the shape (1, 3); expected (1, 4)"),
    "an activation": (Frozen(), lambda: dense(activation="relu", trainable=False), "no output is below zero"),
    "another activation": (Frozen(), lambda: dense(activation="tanh", trainable=False), "there is an activation"),
    "half precision inside": (Frozen(), lambda: _wrap(dense(dtype="float16")), "computes in half precision"),
    "the other half inside": (Frozen(), lambda: _wrap(dense(dtype="bfloat16")), "computes in half precision"),
    "no layer": (Frozen(), lambda: [1, 2], "has to return a Keras layer"),
    "a class that is not called": (Frozen(), lambda: type(dense()), "returned a class, not a layer of it"),
    "nothing": (Frozen(), lambda: None, "returned nothing"),
    "another input": (Frozen(), lambda: _built_for(9), "cannot be used for rows of 6 numbers"),
    "numbers that are none": (
        Frozen(),
        lambda: dense(kernel_initializer=lambda s, dtype: np.nan * np.ones(s)),
        "NaN",
    ),
}


def _wrap(inner: Any) -> Any:
    """Return a layer of an own class that rounds what a frozen layer of another dtype gives."""
    import keras

    class Outer(keras.layers.Layer):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__(trainable=False)
            self.inner = inner

        def call(self, x: Any) -> Any:
            return self.inner(x)

    return Outer()


def _built_for(features: int) -> Any:
    layer = dense()
    layer.build((None, features))
    return layer


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_called_by_its_name(name: str) -> None:
    has, make, words = WRONG[name]
    judgement = judge_layer(has, make)
    assert judgement.status is Status.FAILED, text(judgement.message)
    assert words in text(judgement.message)


def test_a_kernel_alone_that_is_frozen_is_told() -> None:
    import keras

    class FrozenKernel(keras.layers.Dense):  # type: ignore[misc]
        def build(self, shape: Any) -> None:
            super().build(shape)
            self._kernel.trainable = False

    judgement = judge_layer(Frozen(), lambda: FrozenKernel(4))
    assert "leaves the kernel as it is, but changes the bias" in text(judgement.message)


def test_a_layer_whose_training_fails_is_told() -> None:
    import keras

    class Untrainable(keras.layers.Dense):  # type: ignore[misc]
        def call(self, x: Any, training: bool = False) -> Any:
            if training:
                raise ValueError("not today")
            return super().call(x)

    judgement = judge_layer(Frozen(), lambda: Untrainable(4))
    assert judgement.status is Status.FAILED
    assert "one step of training raised ValueError" in text(judgement.message)


HE = {
    "he_normal": None,
    "he_uniform": "as he_uniform does it",
    "glorot_uniform": "what Keras does without being asked",
    "lecun_normal": "LeCun",
    "random_uniform": "Use kernel_initializer",
    "random_normal": "without options",
    "ones": "All weights are the same",
}


@pytest.mark.parametrize("initializer", HE)
def test_initialisers_are_told_apart(initializer: str) -> None:
    judgement = judge_layer(
        HeNormal(), lambda: dense(100, kernel_initializer=initializer), units=100, features=200
    )
    words = HE[initializer]
    assert judgement.status is (Status.PASSED if words is None else Status.FAILED), text(judgement.message)
    assert (words or "") in text(judgement.message)


def _draw_with(**options: Any) -> Any:
    import keras

    return keras.initializers.VarianceScaling(distribution="truncated_normal", **options)


SPREADS: dict[str, Callable[[], Any]] = {
    "a constant": lambda: "random_normal",
    "a constant that fits 200 inputs": lambda: _normal(0.1),
    "a constant that fits 300 inputs": lambda: _normal(0.0816),
    "the number of units": lambda: _draw_with(scale=1.0, mode="fan_out"),
    "twice the number of units": lambda: _draw_with(scale=2.0, mode="fan_out"),
    "the mean of both numbers": lambda: _draw_with(scale=2.0, mode="fan_avg"),
    "Glorot": lambda: "glorot_normal",
    "LeCun": lambda: "lecun_normal",
}


def _normal(deviation: float) -> Any:
    import keras

    return keras.initializers.RandomNormal(stddev=deviation)


def judge_he(initializer: Any, secret: bytes) -> Judgement:
    check = MakesLayer("make_layer", "he", HeNormal(), units=100, features=200).with_seal(Seal(secret))
    functions = {"make_layer": lambda _description: dense(100, kernel_initializer=initializer)}
    return judged(check, lab.run(check, Data({}, {}), functions))


@pytest.mark.parametrize("name", SPREADS)
def test_the_inputs_are_so_many_that_no_other_spread_fits(name: str) -> None:
    shares = [judge_he(SPREADS[name](), bytes([number]) * 32).share for number in range(2)]
    assert min(shares) == 0.0
    assert "constant" in name or max(shares) == 0.0


@pytest.mark.parametrize("number", range(2))
@pytest.mark.parametrize("initializer", ["he_normal", "normal of as many inputs"])
def test_weights_that_follow_the_inputs_pass_for_any_number_of_them(initializer: str, number: int) -> None:
    chosen = initializer if initializer == "he_normal" else _draw_by_hand
    judgement = judge_he(chosen, bytes([number]) * 32)
    assert judgement.status is Status.PASSED, text(judgement.message)


def _draw_by_hand(shape: tuple[int, int], dtype: Any = None) -> Array:
    return np.random.default_rng(1).normal(0.0, np.sqrt(2.0 / shape[0]), shape).astype("float32")


def _nearly_one_unit(drawn: Array) -> Array:
    return np.tile(drawn[:, :1], (1, drawn.shape[1])) + 1e-4 * drawn


def _few_units(drawn: Array) -> Array:
    return np.concatenate([np.tile(drawn[:, :1], (1, drawn.shape[1] - 6)), drawn[:, :6]], axis=1)


def _mirrored_units(drawn: Array) -> Array:
    half = drawn.shape[1] // 2
    return np.concatenate([drawn[:, :half], -drawn[:, :half]], axis=1)


def _nearly_one_input(drawn: Array) -> Array:
    return np.tile(drawn[:1], (len(drawn), 1)) + 1e-4 * drawn


@pytest.mark.parametrize("repeat", [_nearly_one_unit, _few_units, _mirrored_units, _nearly_one_input])
def test_units_that_begin_nearly_alike_are_told(repeat: Callable[[Array], Array]) -> None:
    def draw(shape: tuple[int, int], dtype: Any = None) -> Array:
        weights = repeat(_draw_by_hand(shape))
        scaled: Array = (weights - weights.mean()) / weights.std() * np.sqrt(2.0 / shape[0])
        return scaled.astype("float32")

    judgement = judge_he(draw, b"")
    assert judgement.status is Status.FAILED
    assert "begin nearly as others do" in text(judgement.message)


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_layer_that_is_the_same_at_each_call_gets_half(name: str) -> None:
    has, make = RIGHT[name]
    judgement = judge_layer(has, cache(make))
    assert judgement.status is Status.PARTIAL
    assert judgement.share == 0.5
    assert "the very same one at each call" in text(judgement.message)


def test_what_ended_the_function_is_told_as_for_any_other_function() -> None:
    def stops() -> Any:
        raise ZeroDivisionError("division by zero")

    judgement = judge_layer(Frozen(), stops)
    assert judgement.status is Status.FAILED
    assert "ZeroDivisionError" in text(judgement.message)
    assert "To repeat it" not in text(judgement.message)  # so that one cause of many criteria is told once


def test_a_penalty_on_the_bias_of_a_trial_of_one_step_passes_as_in_earlier_releases() -> None:
    options = {"kernel_regularizer": penalty(0.01), "bias_regularizer": penalty(0.01)}
    check = MakesLayer("make_layer", "one", PENALISED, units=4)
    case = lab.run(check, Data({}, {}), {"make_layer": lambda _description: dense(**options)})
    step = check.steps((0,))[-1].id
    result = case.steps[step]
    assert result.evidence.layer is not None
    once = msgspec.structs.replace(result.evidence.layer, again=None)
    evidence = msgspec.structs.replace(result.evidence, layer=once)
    case.steps[step] = dataclasses.replace(result, evidence=evidence)  # type: ignore[index]
    assert check.judge(case).status is Status.PASSED


def test_what_cannot_be_replayed_is_not_graded() -> None:
    check = MakesLayer("make_layer", "one", Frozen(), units=4)
    case = lab.run(check, Data({}, {}), {"make_layer": lambda _description: dense(trainable=False)})
    case.replays.clear()  # type: ignore[attr-defined]
    assert check.judge(case).status is Status.NOT_GRADED


def test_the_rows_follow_from_the_secret() -> None:
    check = MakesLayer("make_layer", "one", Frozen(), units=4)
    sealed = [check.with_seal(Seal(secret * 32)).arrays() for secret in (b"a", b"a", b"b")]
    trial = check.steps((0,))[-1]
    assert isinstance(trial, TryLayer)
    assert np.array_equal(sealed[0][trial.x], sealed[1][trial.x])
    assert not np.array_equal(sealed[0][trial.x], sealed[2][trial.x])
