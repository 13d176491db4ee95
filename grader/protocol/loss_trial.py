"""The batches of labels and outputs on which a compiled loss is tried, to find out what it computes.

The process with the submission computes the loss of each batch (`grader.sandbox.inside.try_losses`); the examiner
computes what known losses give for the same batches, and looks at how the values change.
Losses may look at whole batches, so a batch is the smallest thing with a value.
"""

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from grader.protocol.task import LabelForm

Array = np.ndarray[Any, Any]

SCATTERED = 6  # batches of random outputs, the first ones near 0 and 1
# The part of the true class in each batch of a ladder of probabilities, from a confident mistake upwards.
# Beyond, a loss with smoothed labels may rise again.
SHARES = (1e-6, 0.1, 0.3, 0.5, 0.7)
# How far the raw output of the true class is above the others.
MARGINS = (-12.0, -6.0, -3.0, -1.0, 0.0, 1.0, 3.0, 6.0)
# How far all predicted numbers are from the right ones, and in which share of the right differences they differ.
DISTANCES = (-4.0, -2.0, -1.0, -0.25, 0.0, 0.25, 1.0, 2.0, 4.0)
SPREADS = (-1.0, 0.0, 0.5, 0.9, 1.0)
# Right numbers that all rows of a batch have in common, and how far all predictions are from them.
POINTS, POINT_DISTANCES = (-2.0, -0.4, 0.7, 3.0), (-2.0, -0.5, 0.0, 0.5, 2.0)

_CONCENTRATIONS = (0.3, 0.6, 1.0, 1.5, 2.5, 4.0)
assert len(_CONCENTRATIONS) == SCATTERED

MAX_ROWS, MAX_UNITS = 2048, 64
_CLASSES = 16  # of which the rows are answered worse than the others, one class in each batch


class Batches(NamedTuple):
    """Batches for one form of labels, of equally many rows."""

    labels: Array  # (rows,) class indices or numbers
    outputs: dict[str, Array]  # by part, "scattered" first: (batches, rows, units)
    others: Array  # (rows,) labels that are wrong for each row; the scattered outputs are tried with them too
    labels_of: dict[str, Array]  # by part that has labels of its own: (batches, rows)

    def pairs(self, *, only_scattered: bool = False) -> list[tuple[Array, Array]]:
        """Return labels and outputs of each batch: the scattered ones, these with other labels, the ladders."""
        scattered = self.outputs["scattered"]
        right = [(self.labels, batch) for batch in scattered]
        if only_scattered:
            return right
        ladders = [
            (self.labels_of[part][i] if part in self.labels_of else self.labels, batch)
            for part, batches in self.outputs.items()
            if part != "scattered"
            for i, batch in enumerate(batches)
        ]
        return [*right, *((self.others, batch) for batch in scattered), *ladders]

    def split(self, values: Array) -> dict[str, Array]:
        """Return the values of all `pairs` by part; of the scattered outputs with other labels as "others"."""
        parts, start = {}, 0
        for name, count in (("scattered", SCATTERED), ("others", SCATTERED), *self._ladders()):
            parts[name] = values[start : start + count]
            start += count
        return parts

    def _ladders(self) -> list[tuple[str, int]]:
        return [(part, len(batches)) for part, batches in self.outputs.items() if part != "scattered"]


@lru_cache(maxsize=32)
def make_batches(form: LabelForm, units: int, rows: int) -> Batches:
    """Return the batches for a form of labels.

    Args:
        form: "yes_no" and "numbers" are for single outputs, the others for one output per class.
        units: how many outputs there are for a row.
        rows: how many rows a batch has.
    """
    random = np.random.default_rng(2026)
    if form == "numbers":
        return _numbers(random, rows)
    classes = 2 if form == "yes_no" else units
    labels = np.arange(rows) % classes
    one_hot = np.eye(classes)[labels]
    # Nearly the whole rest goes to one wrong class: a confident mistake.
    rest = 0.9 * np.roll(one_hot, 1, axis=1) + 0.1 * (1 - one_hot) / max(1, classes - 1)
    rest /= rest.sum(axis=1, keepdims=True)
    noise = random.normal(0.0, 0.2, (rows, classes))
    outputs = {
        "scattered": np.stack(
            [0.98 * random.dirichlet(np.full(classes, a), rows) + 0.02 / classes for a in _CONCENTRATIONS]
        ),
        "shares": np.stack([share * one_hot + (1 - share) * rest for share in SHARES]),
        "margins": np.stack([margin * one_hot + noise for margin in MARGINS]),
        # As for a share of 0.5, but the rows of one class have 0.1.
        "classes": np.stack(
            [
                np.where((labels == label)[:, None], 0.1 * one_hot + 0.9 * rest, 0.5 * one_hot + 0.5 * rest)
                for label in range(min(classes, _CLASSES))
            ]
        ),
    }
    if form == "yes_no":
        outputs = {
            part: batches[..., 1:] - (batches[..., :1] if part == "margins" else 0.0)
            for part, batches in outputs.items()
        }
    return Batches(labels, {p: b.astype(np.float32) for p, b in outputs.items()}, (labels + 1) % classes, {})


def _numbers(random: np.random.Generator, rows: int) -> Batches:
    labels = random.normal(0.5, 1.5, rows).astype(np.float32)
    mean = labels.mean()
    points = np.array([[point] * rows for point in POINTS for _ in POINT_DISTANCES], dtype=np.float32)
    outputs = {
        "scattered": np.stack([labels + random.normal(0.0, 1 / a, rows) for a in _CONCENTRATIONS]),
        "distances": np.stack([labels + distance for distance in DISTANCES]),
        "spreads": np.stack([mean + spread * (labels - mean) for spread in SPREADS]),
        "points": points + np.tile(POINT_DISTANCES, len(POINTS))[:, None],
    }
    return Batches(
        labels,
        {part: batches[..., None].astype(np.float32) for part, batches in outputs.items()},
        labels**2 - 1,
        {"points": points},
    )


def write_labels(form: LabelForm, labels: Array, units: int) -> Array:
    """Return labels (rows,) as a loss gets them: one-hot rows (rows, units), or as they are."""
    return np.eye(units, dtype=np.float32)[labels] if form == "one_hot" else labels
