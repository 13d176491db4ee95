"""Compare the curves of a returned history with those that the calls of `fit` have recorded."""

from collections.abc import Iterator, Sequence

import numpy as np

from grader.core.arrays import Array
from grader.evidence.case import Case
from grader.evidence.fit_measures import read_training_arrays
from grader.evidence.network import TrainedNetwork

LOSSES = ("loss", "val_loss")  # the curves that are compared
_SAME = 1e-3  # share of a value: whoever hands on a history may round it
_LEAST_EPOCHS = 3  # with fewer, any two curves have the same form
_LEAST_LENGTH = 0.5  # of a recorded curve: smoothing drops some values at the ends
_SAME_FORM = 0.8  # correlation with a recorded curve that smoothing or the mean of several leaves
_SCALED = 0.9999  # likewise, of a curve in another unit
_WITHIN = 0.8  # share of the values of a smoothed curve between the least and the largest recorded one


def find_foreign_curve(network: TrainedNetwork, case: Case) -> str | None:
    """Return the name of a loss in the returned history that no call of `fit` has recorded; None if all is well.

    It is "loss" where the history has no curve at all that `fit` has recorded. Where `fit` has recorded no loss,
    there is nothing to compare with.
    """
    arrays = read_training_arrays(network, case)
    recorded = {
        key: [
            arrays[fit.curves[key]] for fit in network.fits if key in fit.curves and arrays[fit.curves[key]].size
        ]
        for key in LOSSES
    }
    returned = {key: np.array(values) for key, values in network.curves.items() if values}
    if not network.returned_history or not recorded["loss"]:
        return None
    for key in LOSSES:
        if key in returned and recorded[key] and not stems_from(returned[key], recorded[key]):
            return key
    if "loss" in returned:
        return None
    # It may have another name by now, or only the curves of metrics may have been kept.
    every = [arrays[ref] for fit in network.fits for ref in fit.curves.values() if arrays[ref].size]
    return None if any(stems_from(curve, every) for curve in returned.values()) else "loss"


def stems_from(curve: Array, recorded: Sequence[Array]) -> bool:
    """Return whether a curve consists of recorded ones: pieces, several of them joined, or smoothed.

    Args:
        curve: at least one value.
        recorded: the curves of calls of `fit`, in their order; none is empty.
    """
    return _consists_of(curve, recorded) or any(_has_form_of(curve, one) for one in _join(recorded))


def _consists_of(curve: Array, recorded: Sequence[Array]) -> bool:
    """Return whether a curve consists of pieces of the recorded ones, no more than there are of these."""
    values = np.concatenate(recorded)
    order = np.argsort(values, kind="stable")
    place, breaks = -1, -1  # the first piece is no break
    for value in curve:
        if 0 <= place < len(values) - 1 and _is_same(value, values[place + 1]):
            place += 1
            continue
        place, breaks = _find(value, values, order), breaks + 1
        if place < 0 or breaks >= len(recorded):
            return False
    return True


def _find(value: float, values: Array, order: Array) -> int:
    """Return the place of a value among others that `order` sorts; -1 where it is not there."""
    right = int(np.searchsorted(values, value, sorter=order))
    near = [int(order[i]) for i in (right, right - 1) if 0 <= i < len(order)]
    return next((place for place in near if _is_same(value, values[place])), -1)


def _is_same(value: float, other: float) -> bool:
    if np.isnan(value) or np.isnan(other):
        return bool(np.isnan(value) and np.isnan(other))
    return bool(value == other or abs(value - other) <= _SAME * abs(other))


def _join(recorded: Sequence[Array]) -> Iterator[Array]:
    """Yield each curve, and all of them behind one another where there are several."""
    yield from recorded
    if len(recorded) > 1:
        yield np.concatenate(recorded)


def _has_form_of(curve: Array, recorded: Array) -> bool:
    """Return whether a curve may be a recorded one that was smoothed, averaged with others, or scaled."""
    finite = recorded[np.isfinite(recorded)]
    if not _LEAST_LENGTH * len(recorded) <= len(curve) <= len(recorded) or len(finite) < len(recorded):
        return False
    if len(curve) < _LEAST_EPOCHS or not np.isfinite(curve).all() or not curve.std() or not finite.std():
        return False
    places = np.linspace(0, len(finite) - 1, len(curve))
    likeness = float(np.corrcoef(curve, np.interp(places, np.arange(len(finite)), finite))[0, 1])
    within = float(((curve >= finite.min()) & (curve <= finite.max())).mean())
    return likeness >= _SCALED or (likeness >= _SAME_FORM and within >= _WITHIN)
