"""How far a network is from a plane in its rows, in every output activation that tells it."""

import numpy as np
import pytest

from grader.core.arrays import Array
from grader.evidence.affine import BENT, MAX_FEATURES, STRAIGHT, Plane, fit_plane, read_logits

ROWS = np.random.default_rng(3).normal(0.0, 1.0, (400, 6)).astype(np.float32)
WEIGHTS = np.array([[1.0], [-2.0], [0.5], [0.0], [3.0], [-0.25]], np.float32)


def plane(values: Array, rows: Array = ROWS) -> Plane:
    found = fit_plane(rows, values)
    assert found is not None
    return found


def sigmoid(z: Array) -> Array:
    shares: Array = (1.0 / (1.0 + np.exp(-np.clip(z, -80, 80)))).astype(np.float32)
    return shares


def softmax(z: Array) -> Array:
    powers = np.exp(z - z.max(axis=1, keepdims=True))
    shares: Array = (powers / powers.sum(axis=1, keepdims=True)).astype(np.float32)
    return shares


def of_logits(outputs: Array, activation: str, rows: Array = ROWS) -> Plane:
    found = read_plane(outputs, activation, rows)
    assert found is not None
    return found


def read_plane(outputs: Array, activation: str, rows: Array = ROWS) -> Plane | None:
    logits = read_logits(outputs, activation)
    assert logits is not None
    return fit_plane(rows, logits, activation)


@pytest.mark.parametrize("size", [0.01, 1.0, 1000.0])
def test_a_weighted_sum_in_single_precision_is_straight(size: float) -> None:
    found = plane(size * (ROWS @ WEIGHTS + 0.75))
    assert found.bend <= STRAIGHT
    assert found.has_rows_to_spare
    assert found.at_zero[0] == pytest.approx(0.75 * size, rel=1e-4)


def test_features_far_from_zero_are_no_bend() -> None:
    rows = 1000.0 + ROWS * np.array([1, 10, 100, 1, 1, 1], np.float32)
    scaled = (rows - rows.mean(axis=0)) / rows.std(axis=0)
    assert plane(scaled @ WEIGHTS, rows).bend <= STRAIGHT


def test_a_feature_that_never_changes_is_no_bend() -> None:
    rows = ROWS.copy()
    rows[:, 2] = 7.0
    assert plane(rows @ WEIGHTS, rows).bend <= STRAIGHT


@pytest.mark.parametrize("size", [0.1, 1.0, 10.0, 30.0])
def test_the_logits_of_a_sigmoid_are_straight_however_large_they_are(size: float) -> None:
    assert of_logits(sigmoid(size * (ROWS @ WEIGHTS + 0.1)), "sigmoid").bend <= STRAIGHT


@pytest.mark.parametrize("size", [0.1, 1.0, 10.0])
def test_the_logits_of_a_softmax_are_straight(size: float) -> None:
    random = np.random.default_rng(5)
    z = size * (ROWS @ random.normal(0, 1, (6, 4)) + random.normal(0, 1, 4))
    assert of_logits(softmax(z.astype(np.float32)), "softmax").bend <= STRAIGHT


BENDS = {
    "relu": np.maximum(ROWS, 0),
    "tanh": np.tanh(ROWS),
    "waves": np.sin(20 * ROWS),
    "squares": ROWS**2,
    "cut off far out": np.clip(ROWS, -1.5, 1.5),
}


@pytest.mark.parametrize("name", BENDS)
@pytest.mark.parametrize("activation", ["linear", "sigmoid"])
def test_what_bends_in_front_of_the_weights_is_seen(name: str, activation: str) -> None:
    z = BENDS[name] @ WEIGHTS
    assert of_logits(sigmoid(z) if activation == "sigmoid" else z, activation).bend > BENT


def test_a_hidden_layer_in_front_of_a_softmax_is_seen() -> None:
    random = np.random.default_rng(6)
    z = np.maximum(ROWS @ random.normal(0, 1, (6, 16)), 0) @ random.normal(0, 1, (16, 4))
    assert of_logits(softmax(z), "softmax").bend > BENT


def test_half_precision_is_no_bend() -> None:
    values = ROWS.astype(np.float16) @ WEIGHTS.astype(np.float16)
    assert plane(values.astype(np.float32)).bend < BENT


@pytest.mark.parametrize(
    ("rows", "values"),
    [
        (ROWS, np.full((400, 1), 3.0)),
        (ROWS, np.zeros((400, 1))),
        (ROWS, np.full((400, 1), np.nan)),
        (ROWS[:7], (ROWS @ WEIGHTS)[:7]),
        (np.zeros((20, MAX_FEATURES + 1)), np.arange(20.0)[:, None]),
        (np.zeros((0, 6)), np.zeros((0, 1))),
    ],
    ids=["constant", "zero", "no numbers", "too few rows", "too wide", "nothing"],
)
def test_where_nothing_can_be_told(rows: Array, values: Array) -> None:
    assert fit_plane(rows, values) is None


def test_rows_that_all_say_yes_or_no_for_certain_tell_nothing() -> None:
    logits = read_logits(sigmoid(1e4 * (ROWS @ WEIGHTS)), "sigmoid")
    assert logits is not None
    assert fit_plane(ROWS, logits) is None


@pytest.mark.parametrize("size", [0.0, 1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3])
@pytest.mark.parametrize("summand", [0.0, -4.0, 4.4])
def test_the_last_digits_of_a_network_that_says_the_same_for_all_rows_are_no_bend(
    size: float, summand: float
) -> None:
    z = size * (ROWS @ WEIGHTS) + summand
    last_digit = 1.0 + 6e-8 * (np.arange(400)[:, None] % 2)
    yes = read_plane((sigmoid(z) * last_digit).astype(np.float32), "sigmoid")
    classes = read_plane((softmax(np.hstack([z, 2.0 * z, -z])) * last_digit).astype(np.float32), "softmax")
    assert all(one is None or one.bend <= BENT / 2 for one in (yes, classes))


def test_few_rows_are_not_enough_for_a_plane_that_goes_through_all() -> None:
    assert not plane((ROWS @ WEIGHTS)[:10], ROWS[:10]).has_rows_to_spare


@pytest.mark.parametrize(
    ("outputs", "activation"),
    [
        (np.zeros((5, 1)), "relu"),
        (np.zeros((5, 1)), "probability"),
        (np.zeros((5, 2, 2)), "linear"),
        (np.zeros((5, 1), np.float16), "linear"),
    ],
)
def test_other_outputs_are_not_read(outputs: Array, activation: str) -> None:
    assert read_logits(outputs, activation) is None
