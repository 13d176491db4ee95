"""Rows are known again whatever they were scaled by, and never taken for one another."""

import numpy as np

from grader.core.row_hashes import are_among, row_hashes
from grader.rubric.checks import Splits
from grader.rubric.data import digits


def test_all_digits_are_told_apart_and_known_again_when_scaled() -> None:
    data = digits()
    raw, held_out = data.outside["x_all"], data.outside["x_test"]
    hashes = row_hashes(raw)
    assert len(np.unique(hashes)) == len(raw)
    assert np.array_equal(row_hashes(raw / 16), hashes)
    assert np.array_equal(row_hashes(raw / 1000), hashes)
    assert np.array_equal(row_hashes((raw / 16).astype(np.float32)), hashes)
    assert np.isin(row_hashes(held_out), hashes).all()


def test_the_rows_of_a_ramp_are_told_apart() -> None:
    """The rows that `split` is tried on are close to one another."""
    x = Splits("split", share=0.25).arrays()["split:x"]
    assert len(np.unique(row_hashes(x))) == len(x)
    assert np.array_equal(row_hashes(x.astype(np.float32)), row_hashes(x))


def test_zeros_signs_and_shapes_do_not_matter() -> None:
    assert np.array_equal(row_hashes(np.zeros((2, 3))), row_hashes(-np.zeros((2, 3))))
    x = np.arange(24.0).reshape(2, 12)
    assert np.array_equal(row_hashes(x.reshape(2, 3, 4)), row_hashes(x))
    assert row_hashes(np.zeros((0, 4))).size == 0
    assert not np.array_equal(row_hashes(x), row_hashes(x + 0.01))


def test_hashes_are_looked_up_as_numpy_does() -> None:
    random = np.random.default_rng(3)
    others = np.unique(random.integers(0, 2**64, 200, dtype=np.uint64))
    hashes = np.concatenate([others[::3], random.integers(0, 2**64, 100, dtype=np.uint64), others[-1:] + 1])
    for some in (others, others[:1], others[:0]):
        assert np.array_equal(are_among(hashes, some), np.isin(hashes, some))
        assert np.array_equal(are_among(hashes[:0], some), np.zeros(0, dtype=bool))
    assert np.array_equal(are_among(np.array([1.0, 2.5]), np.array([1, 2], dtype=np.uint64)), [True, False])
