"""Rows of the data among the weights: as they are, of any type, scaled, noisy, rotated, and behind a layer."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from grader.core.arrays import Array
from grader.evidence.copies import ComparableRows, find_share_of_copies, prepare_rows
from tests.helpers.cases import data

DATA = prepare_rows(data().inside["x_train"], data().inside["x_val"])
ROWS = DATA.rows
RANDOM = np.random.default_rng(5)
ROTATION = np.linalg.qr(RANDOM.normal(size=(64, 64)))[0]
STRETCHED = ROTATION * np.linspace(0.5, 3.0, 64)
SHIFT = RANDOM.normal(size=64)
FIRST = ROWS[:40]

COPIES: dict[str, Callable[[], Sequence[Array]]] = {
    "rows": lambda: [FIRST],
    "columns": lambda: [FIRST.T],
    "scaled and shifted": lambda: [7.0 - 3.0 * FIRST.T],
    "whole numbers": lambda: [np.round(FIRST * 255).astype(np.uint8)],
    "pictures": lambda: [FIRST.reshape(-1, 8, 8, 1)],
    "with noise": lambda: [FIRST + 0.02 * RANDOM.normal(size=FIRST.shape)],
    "rotated": lambda: [ROTATION, (FIRST @ ROTATION).T],
    "rotated and shifted": lambda: [ROTATION, SHIFT, FIRST @ ROTATION + SHIFT],
    "stretched": lambda: [STRETCHED, FIRST @ STRETCHED],
    "stretched back": lambda: [STRETCHED, np.linalg.inv(STRETCHED) @ FIRST.T],
    # What single precision cannot tell any more.
    "shifted far": lambda: [ROTATION, 1e7 * SHIFT, FIRST @ ROTATION + 1e7 * SHIFT],
    "shifted very far": lambda: [ROTATION, 1e30 * SHIFT, 1e30 * np.tile(SHIFT, (40, 1))],
    "tiny": lambda: [1e-200 * ROTATION, FIRST @ ROTATION],
    "tiny, and shifted far": lambda: [1e-200 * ROTATION, 1e200 * SHIFT, FIRST @ ROTATION],
    "huge": lambda: [1e200 * ROTATION, FIRST @ ROTATION],
    "half of them": lambda: [np.concatenate([FIRST, RANDOM.normal(size=(40, 64))])],
}


@pytest.mark.parametrize("name", COPIES)
def test_rows_of_the_data_are_found(name: str) -> None:
    assert find_share_of_copies(COPIES[name](), DATA) >= 0.4


HONEST: dict[str, Callable[[], Sequence[Array]]] = {
    "random": lambda: [RANDOM.normal(size=(64, 300)), RANDOM.normal(size=(300, 10))],
    "means of classes": lambda: [np.stack([ROWS[start::10].mean(axis=0) for start in range(10)]).T],
    "a rotation": lambda: [ROTATION, RANDOM.normal(size=(64, 32))],
    "no numbers any more": lambda: [np.full((64, 64), np.nan), FIRST @ ROTATION],
    "nothing": list,
}


@pytest.mark.parametrize("name", HONEST)
def test_what_is_learned_is_no_copy(name: str) -> None:
    assert find_share_of_copies(HONEST[name](), DATA) == 0.0


def test_where_all_rows_look_alike_nothing_is_a_copy_with_noise() -> None:
    alike = np.linspace(0.0, 1.0, 64) + 0.01 * RANDOM.normal(size=(100, 64))
    assert (
        find_share_of_copies([alike.mean(axis=0) + 0.01 * RANDOM.normal(size=(20, 64))], ComparableRows(alike))
        == 0.0
    )


ZEROS = np.zeros((40, 1))


def test_rows_in_pieces_are_found_by_what_layers_make_of_the_input() -> None:
    factors = np.concatenate([3.0 * FIRST, ZEROS], axis=1)
    assert find_share_of_copies([FIRST[:, :30].T, FIRST[:, 30:].T], DATA) == 0.0
    assert find_share_of_copies([], DATA, [factors]) == 1.0


def test_rows_in_differences_are_found_also_in_pieces() -> None:
    def take_difference(features: slice) -> Array:
        """Return factors and summands of a part of x less the same part of each row."""
        factors = np.repeat(np.eye(64)[None, features], 40, axis=0)
        return np.concatenate([factors, -FIRST[:, features, None]], axis=2)

    pieces = [take_difference(slice(0, 30)), take_difference(slice(30, 64))]
    assert find_share_of_copies([], DATA, pieces) == 1.0
    assert find_share_of_copies([], DATA, pieces[:1]) == 0.0


def test_a_layer_that_scales_each_feature_is_no_copy_of_rows_with_a_single_one() -> None:
    single = np.eye(64)
    assert (
        find_share_of_copies(
            [], ComparableRows(single), [np.concatenate([3.0 * single, np.ones((64, 1))], axis=1)]
        )
        == 0.0
    )


def test_the_first_look_misses_nothing() -> None:
    """Each row is compared with itself, behind kernels of all sizes."""
    for size in (1e-30, 1e-3, 1.0, 1e3, 1e30):
        kernel = size * STRETCHED
        assert find_share_of_copies([kernel, ROWS @ kernel], DATA) == 1.0
