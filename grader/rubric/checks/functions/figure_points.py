"""Points in figures: those of each mark on an axes, and whether they show numbers against their labels."""

from collections.abc import Mapping

import numpy as np

from grader.core.arrays import Array
from grader.protocol.evidence import AxesFacts

BESIDE = 0.45  # of the distance of two labels: so far beside its label may a point be drawn
CLOSE = 1e-3  # of points in a figure, which come in single precision


def read_point_clouds(axes: AxesFacts, arrays: Mapping[str, Array]) -> list[Array]:
    """Return the points of each mark on an axes, and of all together: a class may have marks of its own."""
    marks = [arrays[ref] for ref in (*axes.scatters, *axes.lines)]
    pairs = [mark for mark in marks if mark.ndim == 2 and mark.shape[1] == 2]
    return [*pairs, np.concatenate(pairs)] if len(pairs) > 1 else pairs


def shows_labels(points: Array, values: Array, labels: Array) -> bool:
    """Return whether points (n, 2) show each value against its label, on either axis and in any order.

    Many points of one label hide one another, so they may be strewn around it.
    """
    if points.shape != (len(values), 2):
        return False
    expected = _sort(np.column_stack([values, labels]))
    turned = (points, points[:, ::-1])
    return any(np.allclose(_sort(_move_to_labels(pairs, labels)), expected, atol=CLOSE) for pairs in turned)


def _move_to_labels(pairs: Array, labels: Array) -> Array:
    """Return pairs (value, label) with exact labels, or as they are where one of them is not near a label."""
    places = np.unique(labels)
    if len(places) < 2:
        return pairs
    distances = np.abs(pairs[:, 1:] - places)
    if not (distances.min(axis=1) < BESIDE * np.diff(places).min()).all():
        return pairs
    return np.column_stack([pairs[:, 0], places[distances.argmin(axis=1)]])


def _sort(pairs: Array) -> Array:
    """Return pairs ordered by the second number, then by the first."""
    ordered: Array = pairs[np.lexsort(pairs.T)]
    return ordered
