"""Hash the rows of an array: how two processes find out whether they hold the same examples."""

import hashlib
import math
from typing import Any

import numpy as np

MAX_ROWS = 100_000
DIGITS = 5


def row_hashes(x: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return a uint64 for each row of `x`, at most `MAX_ROWS`.

    Rows that are equal but for one factor, such as raw and scaled grey values, have equal hashes. Numbers count to
    `DIGITS` digits: single precision errs far below, and neighbours on a ramp stay apart.
    """
    flat = x[:MAX_ROWS].reshape(min(len(x), MAX_ROWS), math.prod(x.shape[1:])).astype(np.float64)
    largest = np.abs(flat).max(axis=1, keepdims=True, initial=0.0)
    # Adding zero makes -0.0 and 0.0 one value.
    rows = np.ascontiguousarray(np.round(flat / np.where(largest > 0, largest, 1.0), DIGITS) + 0.0)
    digests = (hashlib.blake2b(row.tobytes(), digest_size=8).digest() for row in rows)
    return np.frombuffer(b"".join(digests), dtype=np.uint64)


def are_among(hashes: np.ndarray[Any, Any], others: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return for each hash whether it is one of the others, which are sorted and each there once.

    That is what `np.isin` returns, which sorts both each time.
    """
    if not others.size or hashes.dtype != others.dtype:
        return np.isin(hashes, others)
    places = np.minimum(np.searchsorted(others, hashes), len(others) - 1)
    return np.asarray(others[places] == hashes)
