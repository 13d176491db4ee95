"""The rows that a network's frozen graph is replayed on, in an order that only the examiner knows.

With a secret, the rows of all roles are mixed, some of them occur twice, and they come in batches of different
sizes. So a graph cannot tell by its place which row it gets, and one whose answer depends on the place of a row,
or on the rows beside it, contradicts itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from grader.core.arrays import Array
from grader.core.row_layout import RowLayout
from grader.core.seal import NO_SEAL, Seal
from grader.evidence.inputs import exchange_inputs, find_layout
from grader.protocol.training import Training

# Held-out rows, the same with noise, rows to validate with, rows that the data of an exercise may have besides, to
# find out what a network computes, and the rows of the training.
ROLES = ("x_test", "x_perturbed", "x_val", "x_probe", "x_train")
NOISE = 0.08  # standard deviation, in units of the scaled features; small compared with the strokes of a digit
REPEATED = 0.15  # the share of rows that occur twice
BATCH_SHARES = (0.5, 0.3, 0.2)  # of all rows, before their sizes are shifted a little
TOLERANCE = 1e-3  # of two answers for one row: single precision adds up in another order in other batches


@dataclass(frozen=True)
class MixedRows:
    """The rows of a training by role, and the batches that they are replayed in.

    `places`: for each role, the positions of its rows among the rows of all batches, one after the other.
    `repeated`: pairs of positions of one row, shape (n, 2).
    """

    batches: Mapping[str, Array]
    places: Mapping[str, Array]
    repeated: Array

    def separate(self, outputs: Sequence[Array]) -> "Separated":
        """Return the answers by role, and whether the answers for one row agree.

        Args:
            outputs: what the graph gave for each batch, in the order of `batches`; each of shape (rows, ...) where
                it gave one answer for each row.
        """
        if not len(self.repeated):
            return Separated(dict(zip(self.batches, outputs, strict=False)), agrees=True)
        lengths = [len(rows) for rows in self.batches.values()]
        has_one_each = (
            len(outputs) == len(lengths)
            and all(o.ndim and len(o) == n for o, n in zip(outputs, lengths, strict=True))
            and len({o.shape[1:] for o in outputs}) == 1
        )
        if not has_one_each:  # what the checks say of such a shape does not depend on which rows gave it
            first = outputs[0] if outputs else np.zeros(0)
            # As many lines as a role has rows, but not one for each row that came: made for them.
            is_made = any(o.ndim and len(o) in map(len, self.places.values()) for o in outputs)
            return Separated(dict.fromkeys(self.places, first) if outputs else {}, agrees=not is_made)
        together = np.concatenate(outputs)
        by_role = {role: together[places] for role, places in self.places.items()}
        first, second = together[self.repeated[:, 0]], together[self.repeated[:, 1]]
        return Separated(by_role, _agree(first, second))


@dataclass(frozen=True)
class Separated:
    """The answers of a graph by role, and whether it gave one answer for one row."""

    outputs: dict[str, Array]
    agrees: bool


def list_rows(
    inside: Mapping[str, Array], outside: Mapping[str, Array], training: Training, seal: Seal
) -> dict[str, Array]:
    """Return the rows that the graph of a training is replayed on, by role, each of shape (n, ...)."""
    held_out = outside.get(training.array("x_test"))
    layout = find_layout({**inside, **outside}, training)
    sources = {
        "x_test": held_out,
        "x_perturbed": perturb(held_out, seal, layout) if held_out is not None else None,
        "x_val": inside.get(training.array("x_val")),
        "x_probe": outside.get(training.array("x_probe")),
        # Evidence without a secret is of a time when these were not replayed.
        "x_train": inside.get(training.array("x_train")) if seal.is_closed else None,
        **(exchange_inputs(held_out, layout) if held_out is not None and layout is not None else {}),
    }
    return {role: rows for role, rows in sources.items() if rows is not None}


def perturb(x: Array, seal: Seal = NO_SEAL, layout: RowLayout | None = None) -> Array:
    """Return rows that no data set contains: `x` with small noise, clipped to the range of `x`.

    `layout`: where several inputs lie in a row; each is clipped to its own range, and categories stay.
    """
    noise = np.asarray(seal.random("perturbed rows").normal(0.0, NOISE, x.shape))
    if layout is None:
        changed: Array = np.clip(x + noise, x.min(), x.max()).astype(x.dtype)
        return changed
    noise[:, list(layout.list_fixed(x))] = 0.0
    parts = [np.clip(x[:, p] + noise[:, p], x[:, p].min(), x[:, p].max()) for p in layout.places]
    return np.concatenate(parts, axis=1).astype(x.dtype)


def mix_rows(rows: Mapping[str, Array], seal: Seal) -> MixedRows:
    """Return the batches that rows are replayed in; without a secret, one batch for each role."""
    ends = np.cumsum([len(part) for part in rows.values()])
    starts = ends - [len(part) for part in rows.values()]
    if not seal.is_closed or not rows:
        places = {role: np.arange(a, b) for role, a, b in zip(rows, starts, ends, strict=True)}
        return MixedRows(rows, places, np.empty((0, 2), dtype=int))
    random = seal.random("order of replays")
    kind = next(iter(rows.values())).dtype  # graphs are made for one kind of number
    together = np.concatenate([part.astype(kind) for part in rows.values()])
    count = len(together)
    twice = random.choice(count, max(1, round(REPEATED * count)), replace=False)
    order = random.permutation(np.concatenate([np.arange(count), twice]))
    place_of = np.empty(count, dtype=int)
    place_of[order[::-1]] = np.arange(len(order))[::-1]  # the first place of each row
    last_place_of = np.empty(count, dtype=int)
    last_place_of[order] = np.arange(len(order))
    borders = np.cumsum(np.array(BATCH_SHARES[:-1]) + random.uniform(-0.05, 0.05, len(BATCH_SHARES) - 1))
    parts = np.split(together[order], (borders * len(order)).astype(int))
    return MixedRows(
        {f"mixed_{number}": part for number, part in enumerate(parts)},
        {role: place_of[a:b] for role, a, b in zip(rows, starts, ends, strict=True)},
        np.stack([place_of[twice], last_place_of[twice]], axis=1),
    )


def _agree(first: Array, second: Array) -> bool:
    if first.dtype.kind not in "fiub":
        return bool(np.array_equal(first, second))
    return bool(np.allclose(first, second, rtol=TOLERANCE, atol=TOLERANCE, equal_nan=True))
