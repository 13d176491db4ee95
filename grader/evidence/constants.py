"""Count what the constants of a graph say that are no arrays of real numbers: whole numbers, and single ones."""

import zlib
from collections.abc import Sequence

import numpy as np

from grader.core.arrays import Array

MAX_SHAPE_NUMBERS = 16  # of whole numbers in an array that may be a shape, a list of axes or of places
MAX_FORMULA_NUMBERS = 64  # different single numbers in formulas of layers, such as epsilons, slopes and rates


def is_table(value: Array) -> bool:
    """Return whether an array of whole numbers, truth values or complex numbers is too long for a shape."""
    return value.dtype.kind in "biuc" and value.size > MAX_SHAPE_NUMBERS


def count_numbers(table: Array) -> int:
    """Return how many numbers an array of whole numbers or truth values stands for.

    A row of places, or a mask of which part of a sequence is seen, is computed from less than it has elements.
    """
    flat = table.ravel()
    if flat.dtype.kind in "iu" and len(set(np.diff(flat).tolist())) <= 1:
        return 0
    return min(flat.size, len(zlib.compress(table.tobytes())) // 2)


def count_scalars(scalars: Sequence[Array]) -> int:
    """Return how many different single numbers there are beyond those that formulas of layers have."""
    return max(0, len({float(value) for value in scalars}) - MAX_FORMULA_NUMBERS)
