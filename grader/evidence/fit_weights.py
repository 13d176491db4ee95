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
    """Which of the rows that calls of `fit` were validated on the network had been trained on before.

    A call that begins with the weights with which an earlier one began goes on from there: that one, and those
    between the two, were undone. So the folds of a cross-validation have seen nothing of one another.
    """

    def __init__(self, fits: Sequence[FitFacts], arrays: Mapping[str, Array]) -> None:
        """Go through calls of `fit` of one network, in their order; `arrays`: those that belong to them."""
        validated = [arrays[fit.validation_rows] for fit in fits if fit.validation_rows in arrays]
        rows = np.unique(np.concatenate(validated)) if validated else np.zeros(0, np.uint64)
        times = np.zeros(len(rows), np.int64)  # in how many of the calls that were not undone a row is trained on
        open_fits: list[tuple[int, bytes, Array]] = []  # number, weights at the beginning, places of its rows
        begins: set[bytes] = set()  # of these
        self._shares = []
        for number, fit in enumerate(fits):
            begin = _read_begin(fit, arrays)
            while begin and begin in begins:
                _number, other, places = open_fits.pop()
                begins.discard(other)
                times[places] -= 1
            own = arrays.get(fit.validation_rows)
            places = np.searchsorted(rows, own) if own is not None else np.zeros(0, np.int64)
            self._shares.append(float((times[places] > 0).mean()) if len(places) else 0.0)
            trained = (
                np.flatnonzero(np.isin(rows, arrays[fit.rows])) if fit.rows in arrays else np.zeros(0, np.int64)
            )
            times[trained] += 1
            open_fits.append((number, begin, trained))
            begins.add(begin)
        self.undone = frozenset(range(len(fits))) - {number for number, _begin, _places in open_fits}

    def share_before(self, number: int) -> float:
        """Return the share of the rows that a call was validated on which calls before it had trained on."""
        return self._shares[number] if self._shares else 0.0


def _read_begin(fit: FitFacts, arrays: Mapping[str, Array]) -> bytes:
    """Return what tells the weights with which a call of `fit` began from others; nothing where it is unknown."""
    hashes = arrays.get(fit.weight_hashes)
    return hashes[0].tobytes() if hashes is not None else b""
