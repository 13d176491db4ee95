"""The predictions that functions which calibrate are tried on."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from grader.core.arrays import Array
from grader.core.i18n import Message, _
from grader.core.seal import Seal
from grader.rubric.checks.formulas.calibration import draw_predictions

# By name: how sure the predictions are (see `draw_predictions`), and what a message calls them.
SURENESS: Mapping[str, tuple[float, Message]] = {
    "too_sure": (2.5, _("too sure of themselves")),
    "too_unsure": (0.4, _("too unsure of themselves")),
}
RIGHT = "right"  # predictions that need no correction
EDGES = "edges"  # probabilities of exactly 0 and 1


class Predictions(NamedTuple):
    """Probabilities to fit a calibration on, with their labels, and those of new rows with theirs; each (n,)."""

    p_fit: Array
    y_fit: Array
    p_new: Array
    y_new: Array


def draw_all(seal: Seal, rows: int) -> Mapping[str, Predictions]:
    """Return the predictions of all calls by name: those of `SURENESS`, `RIGHT` and `EDGES`.

    Args:
        seal: the secret that they are drawn from.
        rows: to fit on, and as many new ones.
    """
    drawn = {}
    for name, (sureness, _words) in SURENESS.items():
        y, p = draw_predictions(seal.random(f"predictions that are {name}"), 2 * rows, sureness)
        drawn[name] = Predictions(p[:rows], y[:rows], p[rows:], y[rows:])
    first = drawn["too_sure"]
    return {**drawn, RIGHT: _relabel(first, seal), EDGES: _add_ends(first)}


def _relabel(first: Predictions, seal: Seal) -> Predictions:
    """Return the same probabilities with labels for which they are right: who looks at them alone errs."""
    random = seal.random("labels of predictions that are right")
    y_fit, y_new = ((random.uniform(size=len(p)) < p).astype(np.int64) for p in (first.p_fit, first.p_new))
    return Predictions(first.p_fit, y_fit, first.p_new, y_new)


def _add_ends(first: Predictions) -> Predictions:
    """Return rows to fit on that are exactly 0 and 1, and a few new ones, of which the last are known."""
    p_fit = np.concatenate([[0.0, 1.0], first.p_fit[2:]])
    y_fit = np.concatenate([[0, 1], first.y_fit[2:]])
    p_new = np.concatenate([[0.0, 1.0], first.p_new[:3]])
    return Predictions(p_fit, y_fit, p_new, np.zeros(len(p_new), dtype=np.int64))
