"""Weigh calls of `fit`: which of them was the training, and which were a trial before or after it."""

from collections.abc import Mapping, Sequence

import numpy as np

from grader.core.arrays import Array
from grader.protocol.evidence import FitFacts

LEAST_PART = 0.1  # of the training: a call of `fit` that is less of it says nothing about the whole
_LEAST_ROWS = 0.03  # of the rows of the largest call: one on fewer is a trial, however often it sees them
_ROUNDING = 1e-9


def weigh_fits(fits: Sequence[FitFacts], arrays: Mapping[str, Array], rows: int) -> Array:
    """Return for each call of `fit` its part of all of them, by rows times epochs; they sum up to 1.

    Args:
        fits: calls that returned, at least one.
        arrays: those that belong to them.
        rows: of the training data, for calls whose rows were not recorded, such as those of a data set.
    """
    counts = np.array([max((*fit.x_shape[:1], *fit.y_shape[:1]), default=rows) for fit in fits], np.float64)
    epochs = np.array([_count_epochs(fit, arrays) for fit in fits], np.float64)
    weights = np.where(counts >= _LEAST_ROWS * counts.max(), counts * epochs, 0.0)
    total = weights.sum()
    return weights / total if total > 0 else np.full(len(fits), 1 / len(fits))


def are_enough(part: float) -> bool:
    """Return whether calls of `fit` that are together this part of the training say something about the whole."""
    return part >= LEAST_PART - _ROUNDING


def _count_epochs(fit: FitFacts, arrays: Mapping[str, Array]) -> int:
    """Return how many epochs a call had: training may have ended early, or have begun with a later number."""
    lengths = [arrays[ref].size for ref in fit.curves.values()]
    return min(fit.epochs, *lengths) if lengths else fit.epochs


class TrainedRows:
    """Which of the rows that calls of `fit` were validated on were trained on in an earlier call."""

    def __init__(self, fits: Sequence[FitFacts], arrays: Mapping[str, Array]) -> None:
        """Find the first of the calls that trains on a row; `arrays`: those that belong to the calls."""
        validated = [arrays[fit.validation_rows] for fit in fits if fit.validation_rows in arrays]
        self._rows = np.unique(np.concatenate(validated)) if validated else np.zeros(0, np.uint64)
        self._first = np.full(len(self._rows), len(fits))  # number of the first call that trains on a row
        for number, fit in reversed(list(enumerate(fits))):
            trained = arrays.get(fit.rows)
            if trained is not None and len(trained) and len(self._rows):
                places = self._find(trained)
                self._first[places[self._rows[places] == trained]] = number

    def _find(self, rows: Array) -> Array:
        return np.minimum(np.searchsorted(self._rows, rows), len(self._rows) - 1)

    def share_before(self, number: int, validated: Array) -> float:
        """Return the share of rows that calls before this one train on. `validated`: on which it was validated."""
        if not len(validated) or not len(self._rows):
            return 0.0
        return float((self._first[self._find(validated)] < number).mean())
