"""Lay the rows of several inputs of a network side by side in one row, as the frozen graph gets them.

The process with the submission and the examiner do it in the same way. So everything that looks at the rows of a
network finds one array, and the rows of all inputs are mixed, repeated and compared together.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

LARGEST_WHOLE = 1 << 24  # up to which single precision has each whole number
FEW = 7  # numbers of an input that may be categories, although they are no integers


@dataclass(frozen=True)
class RowLayout:
    """Where the rows of each of several inputs lie in one row.

    `names`: of the inputs, in their order; `shapes`: of one row of each, without the axis of the rows; `dtypes`:
    of their numbers.
    """

    names: tuple[str, ...]
    shapes: tuple[tuple[int, ...], ...]
    dtypes: tuple[str, ...]

    @property
    def places(self) -> tuple[slice, ...]:
        """Return the columns of each input."""
        ends = list(accumulate(math.prod(shape) for shape in self.shapes))
        return tuple(slice(start, end) for start, end in zip((0, *ends), ends, strict=False))

    def pack(self, parts: Sequence[Array]) -> Array:
        """Return the rows of all inputs side by side: shape (n, numbers of all inputs), float32.

        Raises:
            ValueError: they are not as many rows of each input, or another number of inputs.
        """
        if len(parts) != len(self.names) or len({len(part) for part in parts}) != 1:
            raise ValueError(f"{len(self.names)} inputs with as many rows each expected")
        flat = [part.reshape(len(part), math.prod(part.shape[1:])) for part in parts]
        return np.concatenate(flat, axis=1).astype(np.float32)

    def list_fixed(self, rows: Array) -> tuple[int, ...]:
        """Return the columns that are left as they are where rows are changed, such as the number of a category.

        They are those of inputs of whole numbers, whatever their type is where they are only a few.

        Args:
            rows: rows in which all inputs lie side by side, shape (n, numbers of all inputs).
        """
        fixed: list[int] = []
        for place, dtype in zip(self.places, self.dtypes, strict=True):
            is_whole = bool((rows[:, place] == np.round(rows[:, place])).all())
            if np.dtype(dtype).kind in "biu" or (is_whole and place.stop - place.start <= FEW):
                fixed += range(place.start, place.stop)
        return tuple(fixed)


def read_layout(names: Sequence[str], rows: Sequence[Array]) -> RowLayout:
    """Return the layout of inputs. `rows`: some rows of each, shape (n, ...)."""
    shapes = tuple(tuple(part.shape[1:]) for part in rows)
    return RowLayout(tuple(names), shapes, tuple(str(part.dtype) for part in rows))
