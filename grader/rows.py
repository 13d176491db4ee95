"""Hashes of the rows of an array: how two sides find out whether they hold the same examples."""

import hashlib
from typing import Any

import numpy as np

MAX_ROWS = 100_000


def row_hashes(x: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return a uint64 for each row of `x`, at most `MAX_ROWS`: rows equal to four digits have equal hashes."""
    # Adding zero makes -0.0 and 0.0 one value.
    rows = np.ascontiguousarray(np.round(x[:MAX_ROWS].astype(np.float32), 4) + np.float32(0.0))
    digests = (hashlib.blake2b(row.tobytes(), digest_size=8).digest() for row in rows)
    return np.frombuffer(b"".join(digests), dtype=np.uint64)
