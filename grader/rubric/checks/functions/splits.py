"""Checks of a function that holds rows out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from grader.core.arrays import Array
from grader.core.i18n import _
from grader.evidence.case import Case
from grader.evidence.judgement import Judgement, PreconditionFailedError, failed, passed
from grader.evidence.values import is_numeric, name_of, numbers
from grader.protocol.evidence import Items
from grader.protocol.plan import ArrayArg as Given
from grader.protocol.plan import Call, LiteralArg, Step
from grader.rubric.checks.base import Check


@dataclass(frozen=True)
class Splits(Check):
    """`function(x, y, seed)` holds out a share of the rows; x and y stay paired, and the seed decides which rows.

    `share`: of the rows that are held out, `tolerance`: how far off it may be. `features`: how many a row has.

    >>> Splits("split", share=0.25, features=13)
    """

    function: str
    share: float
    tolerance: float = 0.05
    features: int = 64

    def steps(self, seeds: Sequence[int]) -> Sequence[Step]:
        """Return calls with one seed twice and another seed once."""
        rows = (Given(name=f"{self.function}:x"), Given(name=f"{self.function}:y"))
        return tuple(
            Call(
                id=f"{self.function}@{name}",
                function=self.function,
                arguments=(*rows, LiteralArg(value=seed)),
                seed=position,
            )
            for position, (name, seed) in enumerate((("first", 7), ("again", 7), ("other", 8)))
        )

    def arrays(self) -> Mapping[str, Array]:
        """Return 200 rows, each with a label that can be told from the row."""
        numbers_ = np.arange(200)
        x = np.stack([numbers_ * self.features + c for c in range(self.features)], axis=1).astype(np.float64)
        return {f"{self.function}:x": x, f"{self.function}:y": numbers_ % 10}

    def judge(self, case: Case) -> Judgement:
        """Judge sizes, pairs, overlap, and what the seed does."""
        first, again, other = (
            self._parts(case, f"{self.function}@{name}") for name in ("first", "again", "other")
        )
        problem = self._wrong_rows(first) or self._wrong_rows(again) or self._wrong_rows(other)
        if problem:
            return problem
        if not all(np.array_equal(a, b) for a, b in zip(first, again, strict=True)):
            return failed(
                _(
                    "{function}() called twice with the same seed gives two different splits. Hand the seed "
                    "on, for example as random_state=seed.",
                    function=self.function,
                ),
                expected=_("the same split"),
                received=_("two different splits"),
            )
        if np.array_equal(np.sort(first[1][:, 0]), np.sort(other[1][:, 0])):
            return failed(
                _(
                    "{function}() gives the same split for every seed. Hand the seed on, for example as "
                    "random_state=seed.",
                    function=self.function,
                ),
                expected=_("another split for another seed"),
                received=_("the same split"),
            )
        return passed(
            _(
                "{train} rows to train, {test} held out, none in both; the seed decides which.",
                train=len(first[0]),
                test=len(first[1]),
            )
        )

    def _parts(self, case: Case, step: str) -> tuple[Array, ...]:
        value, arrays = case.value(step)
        if not isinstance(value, Items) or len(value.items) != 4:
            raise PreconditionFailedError(
                failed(
                    _(
                        "{function}() has to return x_train, x_test, y_train, y_test. Received: {received}.",
                        function=self.function,
                        received=name_of(value),
                    ),
                    expected="x_train, x_test, y_train, y_test",
                    received=name_of(value),
                )
            )
        parts = tuple(numbers(item, arrays, self.function) for item in value.items)
        if wrong := [part for part in parts if not is_numeric(part)]:
            raise PreconditionFailedError(
                failed(
                    _(
                        "{function}() has to return numbers. Received: dtype {dtype}.",
                        function=self.function,
                        dtype=str(wrong[0].dtype),
                    ),
                    expected="x_train, x_test, y_train, y_test",
                    received=str(wrong[0].dtype),
                )
            )
        return parts

    def _wrong_rows(self, parts: tuple[Array, ...]) -> Judgement | None:
        """Return a judgement where the four parts are not all the rows that were given, each once, in pairs."""
        rows_given = self.arrays()[f"{self.function}:x"]
        rows, held_out = len(rows_given), round(len(rows_given) * self.share)
        x_train, x_test, y_train, y_test = parts
        kept, wide = rows - held_out, self.features
        sizes = [f"({kept}, {wide})", f"({held_out}, {wide})", f"({kept},)", f"({held_out},)"]
        if any(x.ndim != 2 or x.shape[1:] != (wide,) for x in (x_train, x_test)):
            return failed(
                _(
                    "{function}() returns the parts in another order or shape: x_train, x_test, y_train, "
                    "y_test expected.",
                    function=self.function,
                ),
                expected=", ".join(sizes),
                received=", ".join(str(part.shape) for part in parts),
            )
        row_ids = [_find_row_ids(x, rows_given) for x in (x_train, x_test)]
        if unknown := [int(np.flatnonzero(ids < 0)[0]) for ids in row_ids if (ids < 0).any()]:
            return failed(
                _(
                    "{function}() returns rows that are not among those it was given, such as row {row} of a "
                    "part. It only has to split; scaling comes elsewhere.",
                    function=self.function,
                    row=unknown[0],
                ),
                expected=_("the rows of x, unchanged"),
                received=_("other rows"),
            )
        ids_train, ids_test = row_ids
        if shared := set(ids_train.tolist()) & set(ids_test.tolist()):
            return failed(
                _(
                    "{count} rows are in both parts. What the network has seen in training says nothing about "
                    "new data.",
                    count=len(shared),
                ),
                expected=_("no row in both parts"),
                received=_("{count} rows in both parts", count=len(shared)),
            )
        for ids, y in ((ids_train, y_train), (ids_test, y_test)):
            if len(ids) != y.size or not np.array_equal(ids % 10, np.ravel(y)):
                return failed(
                    _(
                        "x and y are no longer paired: a row has the label of another one. Split both in one "
                        "call.",
                    ),
                    expected=_("each row with its own label"),
                    received=_("rows with labels of others"),
                )
        used = len(set(ids_train.tolist()) | set(ids_test.tolist()))
        if (
            abs(len(ids_test) / rows - self.share) > self.tolerance
            or used != rows
            or len(ids_train) + len(ids_test) != rows
        ):
            return failed(
                _(
                    "Expected a share of {share:.0%} held out, every row used once. Received: {train} rows to "
                    "train, {test} held out, {used} different ones of {rows}.",
                    share=self.share,
                    train=len(ids_train),
                    test=len(ids_test),
                    used=used,
                    rows=rows,
                ),
                expected=f"{rows - held_out} + {held_out}",
                received=f"{len(ids_train)} + {len(ids_test)}",
            )
        return None


def _find_row_ids(x: Array, rows_given: Array) -> Array:
    """Return which of the given rows each row is, -1 where it is none of them."""
    first = np.where(np.isfinite(x[:, 0]), x[:, 0].astype(np.float64), -1.0)
    ids = np.clip(np.round(first / rows_given.shape[1]), 0, len(rows_given) - 1).astype(int)
    same: Array = (x == rows_given[ids]).all(axis=1)
    return np.where(same, ids, -1)
