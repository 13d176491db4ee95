"""Activations told from the numbers that come out, in every spelling."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from grader.core.arrays import Array
from grader.evidence.heads import LOGITS, Head, identify_head

Z = LOGITS.astype(np.float64)


def sigmoid(z: Array) -> Array:
    values: Array = 1.0 / (1.0 + np.exp(-z))
    return values


def softmax(z: Array) -> Array:
    powers = np.exp(z - z.max(axis=1, keepdims=True))
    shares: Array = powers / powers.sum(axis=1, keepdims=True)
    return shares


def of(*stages: Callable[[Array], Array], units: int = 1) -> Head:
    """Return what is made of stages that follow one another, computed in single precision."""
    values: list[Array] = [Z[:, :units]]
    for stage in stages:
        values.append(stage(values[-1]))
    head = identify_head([value.astype(np.float32) for value in values])
    assert head is not None
    return head


SIGMOIDS: dict[str, Sequence[Callable[[Array], Array]]] = {
    "itself": [sigmoid],
    "step by step": [np.negative, np.exp, lambda e: 1.0 + e, lambda d: 1.0 / d],
    "by tanh": [lambda z: z / 2, np.tanh, lambda t: 1.0 + t, lambda t: 0.5 * t],
    "in one piece": [lambda z: 0.5 * (1.0 + np.tanh(z / 2))],
    "colder": [lambda z: sigmoid(z / 3)],
    "falling": [lambda z: sigmoid(-z)],
    "shifted": [lambda z: z + 1.5, sigmoid],
    "clipped": [sigmoid, lambda p: np.clip(p, 1e-7, 1 - 1e-7)],
    "reshaped": [sigmoid, lambda p: p[:, 0]],
}


@pytest.mark.parametrize("name", SIGMOIDS)
def test_a_sigmoid_is_one_in_any_spelling(name: str) -> None:
    head = of(*SIGMOIDS[name])
    assert (head.name, head.stacked) == ("sigmoid", ())


SOFTMAXES: dict[str, Sequence[Callable[[Array], Array]]] = {
    "itself": [softmax],
    "by hand": [np.exp, lambda e: e / e.sum(axis=1, keepdims=True)],
    "with a temperature": [lambda z: z / 4, softmax],
    "in one piece": [lambda z: softmax(2 * z + np.arange(5))],
    "by its logarithm": [lambda z: np.log(softmax(z)), np.exp],
}


@pytest.mark.parametrize("name", SOFTMAXES)
def test_a_softmax_is_one_in_any_spelling(name: str) -> None:
    head = of(*SOFTMAXES[name], units=5)
    assert (head.name, head.stacked) == ("softmax", ())


@pytest.mark.parametrize(
    "stages",
    [
        [],
        [lambda z: 2 * z + 1],
        [lambda z: np.clip(z, -1e3, 1e3)],
        [lambda z: np.where(z > 0, z, z)],
        [np.exp, np.log],
    ],
    ids=["nothing", "scaled", "clipped far away", "two equal cases", "there and back"],
)
def test_what_changes_no_number_but_by_a_factor_is_linear(stages: Sequence[Callable[[Array], Array]]) -> None:
    assert (of(*stages).name, of(*stages, units=4).activations) == ("linear", ())


OTHERS: dict[str, Callable[[Array], Array]] = {
    "relu": lambda z: np.where(z > 0, z, 0.0),
    "relu6": lambda z: np.minimum(np.maximum(z, 0.0), 6.0),
    "leaky_relu": lambda z: np.where(z > 0, z, 0.01 * z),
    "tanh": lambda z: 2 * sigmoid(2 * z) - 1,
    "softplus": lambda z: np.log(1 + np.exp(z)),
    "softsign": lambda z: z / (1 + np.abs(z)),
    "elu": lambda z: np.where(z > 0, z, np.exp(np.minimum(z, 0)) - 1),
    "silu": lambda z: z * sigmoid(z),
    "square": lambda z: z * z,
    "exponential": np.exp,
    "log_sigmoid": lambda z: -np.log(1 + np.exp(-z)),
    "absolute value": np.abs,
    "probability": lambda z: np.clip(0.2 * z + 0.5, 0.0, 1.0),
    "other": np.sin,
}


@pytest.mark.parametrize("name", OTHERS)
def test_other_activations_have_their_names(name: str) -> None:
    assert of(OTHERS[name], units=3).name == name


def test_softmax_over_one_unit_and_other_constants() -> None:
    one = of(lambda z: z**0)
    assert (one.name, one.is_constant) == ("softmax", True)
    assert (of(lambda z: 0 * z + 0.3).name, of(lambda z: 0 * z, units=3).name) == ("constant", "constant")
    assert not of(sigmoid).is_constant


def test_softmax_over_the_rows_is_another_one() -> None:
    assert of(lambda z: softmax(z.T).T, units=3).name == "softmax over the rows"


def test_what_stands_one_behind_the_other_is_told_in_its_order() -> None:
    assert of(sigmoid, sigmoid).stacked == ("sigmoid", "sigmoid")
    assert of(lambda z: np.maximum(z, 0), softmax, units=4).stacked == ("relu", "softmax")
    assert of(np.tanh, lambda t: 3 * t, softmax, units=4).stacked == ()  # scaled up, it can be sure again
    scaled = of(sigmoid, lambda p: 10 * p)
    assert (scaled.name, scaled.stacked) == ("scaled sigmoid", ())
    assert of(np.sin, lambda s: np.maximum(s, 0), softmax, units=4).name == "softmax"


def test_a_probability_of_ones_own_goes_from_0_to_1() -> None:
    assert of(sigmoid, lambda p: np.clip(p, 0.01, 0.99)).name == "probability"
    assert of(lambda z: np.exp(-np.exp(np.clip(-z, -9, 9)))).name == "probability"
    assert of(lambda z: 0.5 + 0.2 * np.tanh(z) ** 3).name != "probability"  # never sure
    assert of(lambda z: 0.5 + 0.5 * np.sin(z)).name != "probability"  # more is not more


@pytest.mark.parametrize(
    "values",
    [[], [Z[:5, :1]], [Z[:, :1], np.full((len(Z), 1), np.nan)], [Z[:, :1], np.zeros(())], [Z[:, :0]]],
    ids=["nothing", "other rows", "no numbers", "a single one", "no columns"],
)
def test_where_nothing_can_be_told_nothing_is(values: list[Array]) -> None:
    assert identify_head(values) is None
