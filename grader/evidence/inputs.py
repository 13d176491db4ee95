"""The rows of networks with several inputs: side by side in one row, under the names that those of one input have.

So every check and every reader of evidence finds one array of rows, and in the frozen graph one input. What is
different for several inputs is here: which columns belong to which, and rows in which one of them was exchanged.
"""

from collections.abc import Iterable, Mapping

import numpy as np

from grader.core.arrays import Array
from grader.core.row_layout import RowLayout, read_layout
from grader.protocol.training import Training, name_rows

ROLES_OF_DATA = ("x_train", "x_val", "x_test", "x_probe")
EXCHANGED_ROWS = 200  # of the held-out ones, on which each input is exchanged


def pack_rows(arrays: Mapping[str, Array], trainings: Iterable[Training]) -> dict[str, Array]:
    """Return the rows of several inputs, all of a role side by side, by the name that rows of one input have.

    Args:
        arrays: of the data; a role of which an input is missing, or has other rows, is left out.
        trainings: whose networks have several inputs; others add nothing.
    """
    packed: dict[str, Array] = {}
    for training in trainings:
        layout = find_layout(arrays, training)
        for role in ROLES_OF_DATA if layout is not None else ():
            parts = [arrays[name] for name in training.list_rows(role) if name in arrays]
            if layout is not None and [part.shape[1:] for part in parts] == list(layout.shapes):
                packed[training.array(role)] = layout.pack(parts)
    return packed


def list_packed(trainings: Iterable[Training]) -> frozenset[str]:
    """Return the names of the arrays that `pack_rows` makes: they are never sent to a submission."""
    return frozenset(training.array(role) for training in trainings if training.inputs for role in ROLES_OF_DATA)


def find_layout(arrays: Mapping[str, Array], training: Training) -> RowLayout | None:
    """Return where each of several inputs lies in a row; None for a single one, and where rows are missing.

    `arrays`: of the data, with the rows of the training, or held-out ones where there are no others.
    """
    for role in ("x_train", "x_test") if training.inputs else ():
        names = training.list_rows(role)
        if all(name in arrays for name in names):
            return read_layout(training.inputs, [arrays[name] for name in names])
    return None


def name_exchanged(name: str) -> str:
    """Return the role of the held-out rows in which one input has the values of other rows."""
    return name_rows("x_exchanged", name)


def exchange_inputs(rows: Array, layout: RowLayout) -> dict[str, Array]:
    """Return the first rows by role, in each of which one input has the values of other ones.

    Args:
        rows: held-out rows, shape (n, numbers of all inputs).
        layout: where each input lies in them.
    """
    exchanged = {}
    for name, place in zip(layout.names, layout.places, strict=True):
        changed = rows[:EXCHANGED_ROWS].copy()
        changed[:, place] = np.roll(changed[:, place], len(changed) // 2, axis=0)
        exchanged[name_exchanged(name)] = changed
    return exchanged
