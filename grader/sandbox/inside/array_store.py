"""Collect the arrays of a step's evidence. Runs in the process of the submission."""

from typing import Any

import numpy as np


class Store:
    """The arrays of one step's evidence, under short names: their refs."""

    def __init__(self) -> None:
        self.arrays: dict[str, np.ndarray[Any, Any]] = {}

    def add(self, array: np.ndarray[Any, Any]) -> str:
        """Store a copy of an array as a plain `ndarray`, and return its ref."""
        if array.dtype.kind == "V" and array.dtype.names is None:
            array = array.astype(np.float32)  # bfloat16 and the like, which NumPy itself does not have
        name = str(len(self.arrays))
        # A plain base-class copy: no subclass, no memory shared with the submission, no Python objects.
        self.arrays[name] = np.array(array, copy=True, subok=False)
        return name


def curves_of(series: object, store: Store) -> dict[str, str]:
    """Store the curves of a training history.

    Args:
        series: `History.history`, or whatever is in its place.
        store: gets each curve that is a flat list of numbers, as a float64 array with one value per epoch.

    Returns:
        The refs of the curves, by key; at most 64.
    """
    curves = {}
    if isinstance(series, dict):
        for key, values in list(series.items())[:64]:
            array = np.asarray(values, dtype=np.float64)
            if array.ndim == 1 and array.size <= 100_000:
                curves[str(key)[:200]] = store.add(array)
    return curves
