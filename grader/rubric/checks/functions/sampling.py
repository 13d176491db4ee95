"""Checks of functions that balance the classes of a table: by leaving rows out, or by repeating rows."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from grader.core.arrays import Array
from grader.core.field_rules import FunctionName
from grader.core.i18n import Translator, Words, _
from grader.evidence.case import Case
from grader.evidence.judgement import Judgement, PreconditionFailedError, failed, partial, passed
from grader.evidence.values import flat, is_numeric, name_of, numbers
from grader.protocol.evidence import Items, NoneValue
from grader.protocol.plan import ArrayArg, Call, LiteralArg, Step
from grader.protocol.verdict import ClassBalance
from grader.rubric.checks.base import DrawnCheck
from grader.rubric.checks.functions.comparison import check_unchanged
from grader.rubric.checks.functions.randomness import (
    explain_few,
    explain_pattern,
    is_sample_random,
    is_sample_varied,
)

FEATURES = 3  # of a row of the made-up tables
HALF = 0.5  # what is kept where classes are balanced, but not as the task sheet asks for


class Table(NamedTuple):
    """Rows (n, features), of which no two are alike, with their labels (n,)."""

    x: Array
    y: Array

    def count_classes(self) -> dict[int, int]:
        """Return the number of rows of each label."""
        labels, counts = np.unique(self.y, return_counts=True)
        return dict(zip(labels.tolist(), counts.tolist(), strict=True))


class Sample(NamedTuple):
    """What a call returned: which of the rows, by number (m,), and their labels (m,)."""

    rows: Array
    y: Array


@dataclass(frozen=True)
class _Balances(DrawnCheck):
    """What both checks share: the tables, the calls, and what must be true of every sample."""

    function: FunctionName

    @abstractmethod
    def _choose_size(self, counts: Mapping[int, int]) -> int:
        """Return how many rows each class has to have afterwards."""

    @abstractmethod
    def _judge_sample(self, table: Table, sample: Sample) -> Judgement | None:
        """Return what is wrong with the rows of a sample that has the right sizes; None where they are right."""

    @abstractmethod
    def _explain_sizes(self, before: Mapping[int, int], after: Mapping[int, int], label: int) -> Words:
        """Return what the sizes of the classes say about the function; that of `label` is the first wrong one."""

    @abstractmethod
    def _praise(self, table: Table) -> Words:
        """Return the sentence for a function that is right."""

    def steps(self, seeds: Sequence[int]) -> Sequence[Step]:
        """Return calls with one seed twice and another one once, and calls on further tables."""
        first, other = self._seeds
        calls = {"first": ("three", first), "again": ("three", first), "other": ("three", other)}
        calls |= {name: (name, first) for name in list(self.tables())[1:]}
        return tuple(
            Call(
                id=f"{self.function}@{name}",
                function=self.function,
                arguments=(
                    ArrayArg(name=f"{self.function}:{table}:x"),
                    ArrayArg(name=f"{self.function}:{table}:y"),
                    LiteralArg(value=seed),
                ),
                seed=position,
                tensorflow_seed=0,
            )
            for position, (name, (table, seed)) in enumerate(calls.items())
        )

    @property
    def _seeds(self) -> tuple[int, int]:
        if not self.seal.is_closed:
            return 7, 8
        first, other = self.seal.random("seeds of samples").choice(10_000, 2, replace=False)
        return int(first), int(other)

    def tables(self) -> Mapping[str, Table]:
        """Return the tables: three classes mixed, two that are sorted, and classes that are equally large."""
        random = self.seal.random(f"tables of {self.function}")
        sizes = [60, 13, 31]
        if self.seal.is_closed:
            sizes = random.permutation([random.integers(*r) for r in ((55, 70), (11, 16), (28, 36))]).tolist()
        return {
            "three": self._build_table(random.permutation(np.repeat(np.arange(3), sizes))),
            "sorted": self._build_table(np.repeat([0, 1], [9, 25])),
            "balanced": self._build_table(np.tile([2, 0], 6)),
        }

    def _build_table(self, y: Array) -> Table:
        x = np.arange(len(y) * FEATURES, dtype=np.float64).reshape(len(y), FEATURES)
        return Table(x, y.astype(np.int64))

    def arrays(self) -> Mapping[str, Array]:
        """Return rows and labels of all tables."""
        return {
            f"{self.function}:{name}:{part}": array
            for name, table in self.tables().items()
            for part, array in zip("xy", table, strict=True)
        }

    def judge(self, case: Case) -> Judgement:
        """Judge each table, and what the seed does."""
        tables = self.tables()
        samples = {}
        for name in ("first", "again", "other"):
            samples[name] = self._read(case, name, tables["three"])
            if problem := self._judge_table(tables["three"], samples[name]):
                return problem
        for name in list(tables)[1:]:
            if problem := self._judge_table(tables[name], self._read(case, name, tables[name])):
                return problem
        problem = check_unchanged(case, f"{self.function}@first", self.function) or self._judge_seeds(samples)
        if problem is not None:
            return partial(HALF, problem.message, expected=problem.expected, received=problem.received)
        return passed(self._praise(tables["three"]))

    def exhibit(self, case: Case, translate: Translator) -> Sequence[ClassBalance]:
        """Return the sizes of the classes before and after the first call, for the report."""
        table = self.tables()["three"]
        try:
            sample = self._read(case, "first", table)
        except PreconditionFailedError:
            return ()
        before = table.count_classes()
        after = [int((sample.y == label).sum()) for label in before]
        return (
            ClassBalance(
                function=self.function,
                labels=tuple(map(str, before)),
                before=tuple(before.values()),
                after=tuple(after),
            ),
        )

    def _judge_seeds(self, samples: Mapping[str, Sample]) -> Judgement | None:
        first, again, other = (np.sort(samples[name].rows) for name in ("first", "again", "other"))
        if not np.array_equal(first, again):
            return failed(
                _(
                    "The classes are balanced, but {function}() called twice with the same seed chooses other "
                    "rows. Draw with a generator of this seed, for example np.random.default_rng(seed).",
                    function=self.function,
                ),
                expected=_("the same rows"),
                received=_("other rows"),
            )
        if np.array_equal(first, other):
            return failed(
                _(
                    "The classes are balanced, but {function}() chooses the same rows for every seed, such as "
                    "always the first ones. Tables are often sorted, and then these are no fair sample. Draw with "
                    "a generator of the seed, for example np.random.default_rng(seed).",
                    function=self.function,
                ),
                expected=_("other rows for another seed"),
                received=_("the same rows"),
            )
        y = self.tables()["three"].y
        drawn = [samples[name].rows for name in ("first", "other")]
        if not all(is_sample_varied(y, rows) for rows in drawn):
            return explain_few(self.function)
        return None if all(is_sample_random(y, rows) for rows in drawn) else explain_pattern(self.function)

    def _read(self, case: Case, name: str, table: Table) -> Sample:
        """Return the rows that a call chose.

        Raises:
            PreconditionFailedError: it returned something else; the judgement says what.
        """
        value, arrays = case.value(f"{self.function}@{name}")
        received = name_of(value)
        expected = _("two arrays: x and y of the sample")
        if isinstance(value, NoneValue):
            numbers(value, arrays, self.function)  # says that nothing was returned
        if not isinstance(value, Items) or len(value.items) != 2:
            raise PreconditionFailedError(
                failed(
                    _(
                        "{function}() has to return two things: x and y of the sample. Received: {received}.",
                        function=self.function,
                        received=received,
                    ),
                    expected=expected,
                    received=received,
                )
            )
        x, y = (numbers(item, arrays, self.function) for item in value.items)
        y = flat(y)
        if not is_numeric(x) or not is_numeric(y) or x.ndim != 2 or x.shape[1] != FEATURES or y.ndim != 1:
            shapes = f"{x.shape} {x.dtype}, {y.shape} {y.dtype}"
            text = _(
                "{function}() has to return x with {features} columns, as it came, and y with one label for each "
                "row, in this order. Received: {received}.",
                function=self.function,
                features=FEATURES,
                received=shapes,
            )
            if x.ndim == 3 and y.ndim == 2:  # rows[label] instead of rows
                text = _("{text} Join what each class gives: np.concatenate(rows).", text=text)
            raise PreconditionFailedError(failed(text, expected=f"(n, {FEATURES}), (n,)", received=shapes))
        return self._find_rows(x, y, table)

    def _find_rows(self, x: Array, y: Array, table: Table) -> Sample:
        if len(x) != len(y):
            raise PreconditionFailedError(
                failed(
                    _(
                        "{function}() returns {rows} rows, but {labels} labels. Choose x and y by the same "
                        "numbers of rows.",
                        function=self.function,
                        rows=len(x),
                        labels=len(y),
                    ),
                    expected=_("as many labels as rows"),
                    received=f"{len(x)}, {len(y)}",
                )
            )
        first = np.where(np.isfinite(x[:, 0]), x[:, 0].astype(np.float64), -1.0)
        rows = np.clip(np.round(first / FEATURES), 0, len(table.x) - 1).astype(int)
        is_new = (x != table.x[rows]).any(axis=1)
        if is_new.any():
            number = int(np.flatnonzero(is_new)[0])
            raise PreconditionFailedError(
                failed(
                    _(
                        "{function}() returns rows that are not among those it was given: {count} of {all}, the "
                        "first one is x[{row}]. Choose rows or repeat them, but change none and make up none.",
                        function=self.function,
                        count=int(is_new.sum()),
                        all=len(x),
                        row=number,
                    ),
                    expected=_("rows of x, unchanged"),
                    received=_("other rows: {count}", count=int(is_new.sum())),
                )
            )
        return Sample(rows, y)

    def _judge_table(self, table: Table, sample: Sample) -> Judgement | None:
        is_exchanged = table.y[sample.rows] != sample.y
        if is_exchanged.any():
            number = int(np.flatnonzero(is_exchanged)[0])
            return failed(
                _(
                    "{function}() no longer has x and y in pairs: {count} rows have the label of another row, the "
                    "first one is number {row}. Choose and shuffle x and y by the same numbers of rows.",
                    function=self.function,
                    count=int(is_exchanged.sum()),
                    row=number,
                ),
                expected=_("each row with its own label"),
                received=_("rows with labels of others"),
            )
        before = table.count_classes()
        after = {label: int((sample.y == label).sum()) for label in before}
        size = self._choose_size(before)
        wrong = next((label for label in before if after[label] != size), None)
        if wrong is None:
            return self._judge_sample(table, sample)
        return failed(
            _(
                "For rows per class of {before}, {function}() returns {received} rows of class {label}; expected "
                "{expected}. {why}",
                before=_list_counts(before),
                function=self.function,
                received=after[wrong],
                label=wrong,
                expected=size,
                why=self._explain_sizes(before, after, wrong),
            ),
            expected=_("{count} rows of each class", count=size),
            received=_list_counts(after),
        )


def _list_counts(counts: Mapping[int, int]) -> str:
    return f"{{{', '.join(f'{label}: {count}' for label, count in counts.items())}}}"


@dataclass(frozen=True)
class Undersamples(_Balances):
    """`function(x, y, seed)` leaves rows of the larger classes out, until all are as large as the smallest one.

    The rows of the smallest class are all kept, none comes twice, and the seed decides which others stay.

    >>> Undersamples("undersample")
    """

    def _choose_size(self, counts: Mapping[int, int]) -> int:
        return min(counts.values())

    def _explain_sizes(self, before: Mapping[int, int], after: Mapping[int, int], label: int) -> Words:
        if before == after:
            return _(
                "That is as many as before. Leave rows out at random until each class is as small as the rarest."
            )
        if set(after.values()) == {max(before.values())}:
            return _("That is the size of the largest class: this one is about leaving rows out.")
        if after[label] < min(before.values()):
            return _("Rows of the rarest class are lost: keep all of them.")
        if after[label] == before[label]:
            return _("That is as many as before. Leave rows of every class out that is larger than the rarest.")
        return _("Each class has to get as small as the rarest one.")

    def _judge_sample(self, table: Table, sample: Sample) -> Judgement | None:
        different = len(np.unique(sample.rows))
        if different == len(sample.rows):
            return None
        return failed(
            _(
                "{function}() returns some rows twice or more: {different} different ones of {all}. Draw without "
                "putting back (replace=False), or rows of the rare class are lost.",
                function=self.function,
                different=different,
                all=len(sample.rows),
            ),
            expected=_("no row twice"),
            received=_("{count} different rows of {all}", count=different, all=len(sample.rows)),
        )

    def _praise(self, table: Table) -> Words:
        counts = table.count_classes()
        return _(
            "From rows per class of {before}, it makes {size} of each. No row comes twice, and the rarest "
            "class is complete.",
            before=_list_counts(counts),
            size=self._choose_size(counts),
        )


@dataclass(frozen=True)
class Oversamples(_Balances):
    """`function(x, y, seed)` repeats rows of the smaller classes, until all are as large as the largest one.

    Every row is kept, no new one is made up, and the seed decides which rows are repeated.

    >>> Oversamples("oversample")
    """

    def _choose_size(self, counts: Mapping[int, int]) -> int:
        return max(counts.values())

    def _explain_sizes(self, before: Mapping[int, int], after: Mapping[int, int], label: int) -> Words:
        if before == after:
            return _(
                "That is as many as before. Repeat rows at random until each class is as large as the largest."
            )
        if set(after.values()) == {min(before.values())}:
            return _(
                "That is the size of the rarest class: this one is about repeating rows, not leaving them out."
            )
        if all(after[other] == count + max(before.values()) for other, count in before.items()):
            return _("As many as the largest class has were added; draw only as many as are missing.")
        if after[label] == before[label]:
            return _("That is as many as before. Repeat rows of every class that is smaller than the largest.")
        return _("Each class has to get as large as the largest one.")

    def _judge_sample(self, table: Table, sample: Sample) -> Judgement | None:
        lost = np.setdiff1d(np.arange(len(table.y)), sample.rows)
        if not len(lost):
            return None
        return partial(
            HALF,
            _(
                "The sizes are right, but {count} of the {all} rows are lost, such as number {row} of class "
                "{label}. Keep every row, and draw only as many as are missing.",
                count=len(lost),
                all=len(table.y),
                row=int(lost[0]),
                label=int(table.y[lost[0]]),
            ),
            expected=_("all {count} rows, some of them more than once", count=len(table.y)),
            received=_("{count} different rows of {all}", count=len(table.y) - len(lost), all=len(table.y)),
        )

    def _praise(self, table: Table) -> Words:
        counts = table.count_classes()
        return _(
            "From rows per class of {before}, it makes {size} of each. Every row is kept, and none is made up.",
            before=_list_counts(counts),
            size=self._choose_size(counts),
        )
