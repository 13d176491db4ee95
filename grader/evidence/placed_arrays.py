"""Read the large constants of a replay out of the graph that was replayed, which the evidence holds already.

The process that replays is believed, and it says only where in the graph they stand. What it says is looked at all
the same: the graph came from a submission.
"""

import hashlib
import math
import re
from collections.abc import Iterable, Mapping

import numpy as np

from grader.core.arrays import Array
from grader.evidence.run_evidence import StepResult
from grader.protocol.evidence import PlacedArray, ReplayEvidence
from grader.protocol.parcels import MAX_DIMENSIONS, BadParcelError

_DTYPE = re.compile(r"[<|][biuf][1248]")


class GraphIndex:
    """Finds the serialised graphs of the evidence by what they hold."""

    def __init__(self) -> None:
        self._hashes: dict[int, tuple[Array, str]] = {}  # by identity of the array, which is kept for that reason

    def find(self, steps: Iterable[StepResult], digest: str) -> Array | None:
        """Return the array of bytes in the evidence of some steps that has this SHA-256; None for none."""
        for step in steps:
            for array in step.arrays.values():
                if array.dtype == np.uint8 and array.ndim == 1 and self._hash(array) == digest:
                    return array
        return None

    def _hash(self, array: Array) -> str:
        if id(array) not in self._hashes:
            self._hashes[id(array)] = array, hashlib.sha256(array.data).hexdigest()
        return self._hashes[id(array)][1]


def read_placed(evidence: ReplayEvidence, graph: Array | None) -> Mapping[str, Array]:
    """Return the constants of a replay that stand in its graph, by ref: views of the graph, without a copy.

    Args:
        evidence: of the replay.
        graph: the bytes of its graph, shape (n,); None where the evidence does not hold it.

    Raises:
        BadParcelError: they do not stand there.
    """
    if not evidence.placed:
        return {}
    if graph is None:
        raise BadParcelError("its constants stand in a graph that is not there")
    return {ref: _read(placed, graph) for ref, placed in evidence.placed.items()}


def _read(placed: PlacedArray, graph: Array) -> Array:
    if (
        _DTYPE.fullmatch(placed.dtype) is None
        or len(placed.shape) > MAX_DIMENSIONS
        or min(placed.shape, default=1) < 1  # only large ones are placed
    ):
        raise BadParcelError("a constant that is no array")
    try:
        count, dtype = math.prod(placed.shape), np.dtype(placed.dtype)
    except TypeError as error:  # <f1, say, which no machine has
        raise BadParcelError(f"a constant of dtype {placed.dtype}") from error
    if not 0 <= placed.offset <= placed.offset + count * dtype.itemsize <= graph.nbytes:
        raise BadParcelError("a constant beyond the end of its graph")
    return np.frombuffer(graph, dtype, count, placed.offset).reshape(placed.shape)
