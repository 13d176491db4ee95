"""Checks of a function that holds rows out."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from msgspec.structs import replace

from grader.core.arrays import Array
from grader.core.field_rules import Count, FunctionName, Share, Tolerance, write_value
from grader.core.i18n import _
from grader.evidence.case import Case
from grader.evidence.judgement import Judgement, PreconditionFailedError, failed, passed
from grader.evidence.values import is_numeric, name_of, numbers
from grader.protocol.evidence import Items
from grader.protocol.plan import ArrayArg, Call, LiteralArg, Step
from grader.protocol.task import Task
from grader.protocol.verdict import Status
from grader.rubric.checks.base import DrawnCheck
from grader.rubric.checks.calls import show_call, write_call
from grader.rubric.checks.fitting import require_features
from grader.rubric.checks.functions.randomness import are_drawn_at_random
from grader.rubric.data.dataset import Data

_ROWS = 200
_MORE_ROWS = 2 * _ROWS  # of another call, so that a number of rows that fits the first ones is no share
_MORE = "more"  # the call with more rows
ROUNDING = 1  # rows that a part may be off: a share of the rows is rounded up or down


@dataclass(frozen=True)
class Splits(DrawnCheck):
    """`function(x, y, seed)` holds out a share of the rows; x and y stay paired, and the seed decides which rows.

    `share`: of the rows that are held out, up to one row. `tolerance`: how much further off it may be.
    `features`: how many a row has. With a secret, the share has to be right for twice as many rows, too.

    >>> Splits("split", share=0.25, features=13)
    """

    function: FunctionName
    share: Share
    tolerance: Tolerance = 0.0
    features: Count = 64

    def __post_init__(self) -> None:
        """Raise `RubricError` where every share would be right."""
        super().__post_init__()
        if self.tolerance >= min(self.share, 1 - self.share):
            raise self.refuse(
                _(
                    "tolerance is {tolerance}; less than {field}={share} expected",
                    tolerance=write_value(self.tolerance),
                    field="share" if self.share <= 0.5 else "1-share",
                    share=write_value(min(self.share, 1 - self.share)),
                ),
                "tolerance",
            )

    def check_exercise(self, task: Task, data: Data) -> None:
        """Raise `RubricError` where the parameters do not fit the exercise."""
        require_features(self, "features", self.features, data)

    def steps(self, seeds: Sequence[int]) -> Sequence[Step]:
        """Return calls with one seed twice and another seed once, and one with more rows."""
        rows = (ArrayArg(name=f"{self.function}:x"), ArrayArg(name=f"{self.function}:y"))
        calls = [
            Call(
                id=f"{self.function}@{name}",
                function=self.function,
                arguments=(*rows, LiteralArg(value=seed)),
                seed=position,
                tensorflow_seed=0,
            )
            for position, (name, seed) in enumerate(self._seeds.items())
        ]
        if not self.seal.is_closed:  # evidence of a time when that was not asked for
            return calls
        more = (ArrayArg(name=f"{self.function}:more_x"), ArrayArg(name=f"{self.function}:more_y"))
        arguments = (*more, LiteralArg(value=self._seeds["first"]))
        return [*calls, replace(calls[0], id=f"{self.function}@{_MORE}", arguments=arguments)]

    @property
    def _seeds(self) -> dict[str, int]:
        """Return the seed of each call."""
        first, other = 7, 8
        if self.seal.is_closed:
            first, other = map(int, self.seal.random("seeds").choice(10_000, 2, replace=False))
        return {"first": first, "again": first, "other": other}

    def arrays(self) -> Mapping[str, Array]:
        """Return 200 rows, each with a label that can be told from the row; with a secret, also 400 of them."""
        x = np.arange(_MORE_ROWS * self.features).reshape(_MORE_ROWS, self.features).astype(np.float64)
        y = np.arange(_MORE_ROWS) % 10
        few = {f"{self.function}:x": x[:_ROWS], f"{self.function}:y": y[:_ROWS]}
        more = {f"{self.function}:more_x": x, f"{self.function}:more_y": y}
        return few | more if self.seal.is_closed else few

    def write_call(self, *seeds: int, count: int = _ROWS) -> str:
        """Return a call with each seed, as it can be pasted, for so many rows."""
        rows = f"x = np.arange({count * self.features}.0).reshape({count}, {self.features})"
        before = f"{rows}; y = np.arange({count}) % 10"
        for seed in seeds[:-1]:
            before = write_call(self.function, "x", "y", str(seed), before=before)
        return write_call(self.function, "x", "y", str(seeds[-1]), before=before)

    def judge(self, case: Case) -> Judgement:
        """Judge sizes, pairs, overlap, and what the seed does."""
        parts = {name: self._parts(case, name, seed) for name, seed in self._seeds.items()}
        for name, seed in self._seeds.items():
            if problem := self._wrong_rows(parts[name]):
                return show_call(problem, self.write_call(seed))
        judgement = self._compare_calls(*parts.values())
        if judgement.status is not Status.PASSED or not self.seal.is_closed:
            return judgement
        return self._judge_more_rows(case) or judgement

    def _judge_more_rows(self, case: Case) -> Judgement | None:
        """Return what is wrong with the split of more rows; None for a right one."""
        seed = self._seeds["first"]
        problem = self._wrong_rows(self._parts(case, _MORE, seed, _MORE_ROWS), _MORE_ROWS)
        if problem is None:
            return None
        message = _(
            "{message} For {few} rows the split is right, for {more} it is not: hold out a share of the rows, as "
            "by test_size={share:g}, and not a number of them.",
            message=problem.message,
            few=_ROWS,
            more=_MORE_ROWS,
            share=self.share,
        )
        return show_call(dataclasses.replace(problem, message=message), self.write_call(seed, count=_MORE_ROWS))

    def _compare_calls(
        self, first: tuple[Array, ...], again: tuple[Array, ...], other: tuple[Array, ...]
    ) -> Judgement:
        """Judge by two calls with one seed, and one with another."""
        if not all(np.array_equal(a, b) for a, b in zip(first, again, strict=True)):
            judgement = failed(
                _(
                    "{function}() called twice with the same seed gives two different splits. Hand the seed "
                    "on, for example as random_state=seed.",
                    function=self.function,
                ),
                expected=_("the same split"),
                received=_("two different splits"),
            )
            return show_call(judgement, self.write_call(self._seeds["first"], self._seeds["again"]))
        if np.array_equal(np.sort(first[1][:, 0]), np.sort(other[1][:, 0])):
            judgement = failed(
                _(
                    "{function}() gives the same split for every seed. Hand the seed on, for example as "
                    "random_state=seed.",
                    function=self.function,
                ),
                expected=_("another split for another seed"),
                received=_("the same split"),
            )
            return show_call(judgement, self.write_call(self._seeds["first"], self._seeds["other"]))
        rows = self.arrays()[f"{self.function}:x"]
        if not all(are_drawn_at_random(_find_row_ids(parts[1], rows), len(rows)) for parts in (first, other)):
            judgement = failed(
                _(
                    "{function}() does not draw the held-out rows at random: they follow a pattern, such as the "
                    "last rows or every fourth one. Tables are often sorted, and then such rows are no fair "
                    "sample. Shuffle with the seed, for example by train_test_split(x, y, random_state=seed).",
                    function=self.function,
                ),
                expected=_("rows drawn at random"),
                received=_("rows in a pattern"),
            )
            return show_call(judgement, self.write_call(self._seeds["first"], self._seeds["other"]))
        return passed(
            _(
                "{train} rows to train, {test} held out, none in both; the seed decides which.",
                train=len(first[0]),
                test=len(first[1]),
            )
        )

    def _parts(self, case: Case, name: str, seed: int, count: int = _ROWS) -> tuple[Array, ...]:
        """Return the four arrays that a call returned; `PreconditionFailedError` says what came instead."""
        value, arrays = case.value(f"{self.function}@{name}")
        if not isinstance(value, Items) or len(value.items) != 4:
            judgement = failed(
                _(
                    "{function}() has to return x_train, x_test, y_train, y_test. Received: {received}.",
                    function=self.function,
                    received=name_of(value),
                ),
                expected="x_train, x_test, y_train, y_test",
                received=name_of(value),
            )
            raise PreconditionFailedError(show_call(judgement, self.write_call(seed, count=count)))
        parts = tuple(numbers(item, arrays, self.function) for item in value.items)
        if wrong := [part for part in parts if not is_numeric(part)]:
            judgement = failed(
                _(
                    "{function}() has to return numbers. Received: dtype {dtype}.",
                    function=self.function,
                    dtype=str(wrong[0].dtype),
                ),
                expected="x_train, x_test, y_train, y_test",
                received=str(wrong[0].dtype),
            )
            raise PreconditionFailedError(show_call(judgement, self.write_call(seed, count=count)))
        return parts

    def _wrong_rows(self, parts: tuple[Array, ...], count: int = _ROWS) -> Judgement | None:
        """Return a judgement where the four parts are not all the rows that were given, each once, in pairs."""
        rows_given = self.arrays()[f"{self.function}:{'x' if count == _ROWS else 'more_x'}"]
        rows, held_out = len(rows_given), round(len(rows_given) * self.share)
        x_train, x_test, y_train, y_test = parts
        remaining, wide = rows - held_out, self.features
        sizes = [f"({remaining}, {wide})", f"({held_out}, {wide})", f"({remaining},)", f"({held_out},)"]
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
            abs(len(ids_test) - rows * self.share) > ROUNDING + rows * self.tolerance
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
