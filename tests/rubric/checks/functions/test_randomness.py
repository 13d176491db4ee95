"""Rows in a pattern are told from rows that were drawn, and drawn ones are never taken for a pattern."""

from itertools import combinations

import numpy as np
import pytest

from grader.rubric.checks.functions import randomness
from grader.rubric.checks.functions.randomness import are_drawn_at_random, is_sample_random


@pytest.mark.parametrize(
    ("count", "every"), [(200, 2), (200, 3), (200, 4), (200, 5), (200, 7), (90, 6), (500, 20)]
)
@pytest.mark.parametrize("first", [0, 1])
def test_rows_at_equal_distances_are_a_pattern(count: int, every: int, first: int) -> None:
    rows = np.arange(first, count, every)
    assert not are_drawn_at_random(rows, count)
    assert not are_drawn_at_random(np.setdiff1d(np.arange(count), rows), count)  # nor are those that are left


@pytest.mark.parametrize("size", [20, 33, 41, 47])
@pytest.mark.parametrize("shift", [0, 5, 16])
def test_distances_may_be_rounded_and_begin_anywhere(size: int, shift: int) -> None:
    rows = (np.arange(size) * 150 // size + shift) % 150
    assert not are_drawn_at_random(rows, 150)
    assert not is_sample_random(np.zeros(150, dtype=int), rows)


@pytest.mark.parametrize(
    ("count", "size"), [(16, 8), (30, 8), (30, 20), (60, 12), (200, 40), (200, 50), (200, 190)]
)
def test_drawn_rows_are_never_at_equal_distances(count: int, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(randomness, "MOST_DEVIATIONS", np.inf)  # the other test has one false alarm in 100,000
    random = np.random.default_rng(count + size)
    assert all(are_drawn_at_random(random.choice(count, size, replace=False), count) for _ in range(2000))


def test_small_sets_are_never_told() -> None:
    sets = combinations(range(12), 5)
    assert not any(randomness._are_at_equal_distances(np.array(places), 12) for places in sets)


def test_one_row_or_none_is_no_pattern() -> None:
    assert not randomness._are_at_equal_distances(np.array([3]), 10)
    assert not randomness._are_at_equal_distances(np.array([], dtype=int), 10)
