"""The predictions that functions which calibrate are tried on."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from grader.core.arrays import Array
from grader.core.i18n import Message, _
from grader.core.seal import Seal

# By name: between which numbers the secret draws how sure the predictions are, and what a message calls them. The
# logit of a prediction is that many times the logit of the probability that the label is 1.
SURENESS: Mapping[str, tuple[tuple[float, float], Message]] = {
    "too_sure": ((2.6, 3.5), _("too sure of themselves")),
    "too_unsure": ((0.3, 0.42), _("too unsure of themselves")),
}
RIGHT = "right"  # predictions that need no correction
EDGES = "edges"  # probabilities of exactly 0 and 1
NAMES = (*SURENESS, RIGHT, EDGES)
SPREAD = (1.5, 1.9)  # between which the standard deviation of the logits of predictions is drawn


class Predictions(NamedTuple):
    """Probabilities to fit a calibration on, with their labels, and those of new rows with theirs; each (n,)."""

    p_fit: Array
    y_fit: Array
    p_new: Array
    y_new: Array


def draw_all(seal: Seal, rows: int) -> Mapping[str, Predictions]:
    """Return the predictions of all calls by name: those of `NAMES`.

    All of them have the same probabilities, and about half of the labels of each are 1: what to correct follows
    neither from the probabilities alone, nor from how many labels are 1, but from both together.

    Args:
        seal: the secret that they are drawn from.
        rows: to fit on, and as many new ones.
    """
    random = seal.random("probabilities to calibrate", 1)
    logits = random.normal(0.0, random.uniform(*SPREAD), 2 * rows)
    drawn = {
        name: _label(
            logits, random.uniform(*sureness), seal.random(f"labels of predictions that are {name}", seed)
        )
        for seed, (name, (sureness, _words)) in enumerate(SURENESS.items(), start=2)
    }
    right = _label(logits, 1.0, seal.random("labels of predictions that are right", 4))
    return {**drawn, RIGHT: right, EDGES: _add_ends(drawn["too_sure"])}


def _label(logits: Array, sureness: float, random: np.random.Generator) -> Predictions:
    """Return predictions with these logits (2n,), and labels for which they are as sure as that."""
    p = 1.0 / (1.0 + np.exp(-logits))
    y = (random.uniform(size=len(p)) < 1.0 / (1.0 + np.exp(-logits / sureness))).astype(np.int64)
    rows = len(p) // 2
    return Predictions(p[:rows], y[:rows], p[rows:], y[rows:])


def _add_ends(first: Predictions) -> Predictions:
    """Return rows to fit on that are exactly 0 and 1, and a few new ones, of which the last are known."""
    p_fit = np.concatenate([[0.0, 1.0], first.p_fit[2:]])
    y_fit = np.concatenate([[0, 1], first.y_fit[2:]])
    p_new = np.concatenate([[0.0, 1.0], first.p_new[:3]])
    return Predictions(p_fit, y_fit, p_new, np.zeros(len(p_new), dtype=np.int64))
