"""A check of a function that standardises a table of features."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from grader.core.arrays import Array
from grader.core.i18n import _
from grader.evidence.case import Case
from grader.evidence.judgement import Judgement, PreconditionFailedError, failed, passed
from grader.evidence.values import is_numeric, name_of, numbers
from grader.protocol.evidence import Entries, Items, NoneValue, Value
from grader.protocol.plan import ArrayArg as Given
from grader.protocol.plan import Call, Step
from grader.rubric.checks.base import Check
from grader.rubric.checks.functions.comparison import check_unchanged

CLOSE = 2e-3  # of standardised numbers: single precision and a small number added to the deviation err far below


class Parts(NamedTuple):
    """The two parts of a table."""

    train: Array
    test: Array


@dataclass(frozen=True)
class Standardises(Check):
    """`function(x_train, x_test)` standardises both parts by mean and deviation of the training part alone.

    `features`: how many a row has, two or more.

    >>> Standardises("prepare", features=13)
    """

    function: str
    features: int = 13

    def __post_init__(self) -> None:
        if self.features < 2:
            raise ValueError(f"a table of two or more features expected; received features={self.features}")

    @property
    def constant(self) -> int:
        """Return the column that never changes, in one of the calls."""
        return min(4, self.features - 1)

    def steps(self, seeds: Sequence[int]) -> Sequence[Step]:
        """Return a call on each of the pairs."""
        return tuple(
            Call(
                id=f"{self.function}@{name}",
                function=self.function,
                arguments=(
                    Given(name=f"{self.function}:{name}:train"),
                    Given(name=f"{self.function}:{name}:test"),
                ),
            )
            for name in self.pairs()
        )

    def pairs(self) -> Mapping[str, Parts]:
        """Return the pairs of parts: as usual, with another test part, of one row, and with a constant feature."""
        random = np.random.default_rng(13)
        middle, spread = np.linspace(-3.0, 700.0, self.features), np.geomspace(0.2, 300.0, self.features)
        train = middle + spread * random.gamma(2.0, 1.0, (24, self.features))
        test = middle + spread * random.gamma(2.0, 1.0, (9, self.features))
        still = Parts(train.copy(), test.copy())
        still.train[:, self.constant] = still.test[:, self.constant] = 2.5
        return {
            "usual": Parts(train, test),
            "shifted": Parts(train, 3.0 * test + 5.0 * spread),
            "row": Parts(train, test[:1] + spread),
            "constant": still,
        }

    def arrays(self) -> Mapping[str, Array]:
        """Return both parts of each pair."""
        named = {}
        for name, pair in self.pairs().items():
            named[f"{self.function}:{name}:train"] = pair.train
            named[f"{self.function}:{name}:test"] = pair.test
        return named

    def judge(self, case: Case) -> Judgement:
        """Judge each pair; what is wrong is named where it is one of the usual mistakes."""
        for name, parts_given in self.pairs().items():
            step = f"{self.function}@{name}"
            received = self._pair(case, step, parts_given)
            problem = (
                check_unchanged(case, step, self.function)
                or self._not_finite(received, parts_given, constant=name == "constant")
                or self._wrong(received, parts_given, constant=name == "constant")
            )
            if problem is not None:
                return problem
        return passed(
            _("Both parts are standardised by means and standard deviations of the training part alone.")
        )

    def _pair(self, case: Case, step: str, parts_given: Parts) -> Parts:
        """Return the result as two arrays of the right shapes.

        Raises:
            PreconditionFailedError: it is something else; the judgement says what.
        """
        value, arrays = case.value(step)
        received = name_of(value)
        expected = _("two arrays: x_train and x_test, standardised")
        if isinstance(value, NoneValue):
            raise PreconditionFailedError(
                failed(
                    _("{function}() returned None. Is there a `return` at its end?", function=self.function),
                    expected=expected,
                    received=received,
                )
            )
        if not isinstance(value, Items) or len(value.items) != 2:
            raise PreconditionFailedError(
                failed(
                    _(
                        "{function}() has to return two things: x_train and x_test, both standardised. "
                        "Received: {received}.",
                        function=self.function,
                        received=received,
                    ),
                    expected=expected,
                    received=received,
                )
            )
        parts = Parts(*(_table(item, arrays, self.function) for item in value.items))
        shapes = [part.shape for part in parts]
        if (
            shapes
            == [parts_given.test.shape, parts_given.train.shape]
            != [parts_given.train.shape, parts_given.test.shape]
        ):
            raise PreconditionFailedError(
                failed(
                    _(
                        "{function}() returns its two parts in the wrong order: first x_train, then x_test.",
                        function=self.function,
                    ),
                    expected="x_train, x_test",
                    received="x_test, x_train",
                )
            )
        for name, part, wanted in zip(("x_train", "x_test"), parts, parts_given, strict=True):
            if not is_numeric(part) or part.shape != wanted.shape:
                raise PreconditionFailedError(self._wrong_shape(name, part, wanted))
        return Parts(*(part.astype(np.float64) for part in parts))

    def _wrong_shape(self, name: str, part: Array, wanted: Array) -> Judgement:
        received = f"{part.shape} {part.dtype}"
        message = _(
            "{function}() has to return {name} with as many rows and columns as it came with, {expected}. "
            "Received: {received}.",
            function=self.function,
            name=name,
            expected=str(wanted.shape),
            received=received,
        )
        return failed(message, expected=str(wanted.shape), received=received)

    def _not_finite(self, received: Parts, parts_given: Parts, *, constant: bool) -> Judgement | None:
        for name, part in zip(("x_train", "x_test"), received, strict=True):
            places = np.argwhere(~np.isfinite(part))
            if not len(places):
                continue
            row, column = (int(i) for i in places[0])
            where = _("{name}[{row}, {column}]", name=name, row=row, column=column)
            if constant and column == self.constant:
                message = _(
                    "{function}() gives NaN or infinite numbers for a feature that has the same value in every "
                    "row of x_train: its standard deviation is 0. Divide by 1 there, as StandardScaler does.",
                    function=self.function,
                )
            elif len(parts_given.test) == 1 and name == "x_test":
                message = _(
                    "{function}() gives NaN or infinite numbers when x_test is a single row. It has no "
                    "deviation of its own; use that of x_train.",
                    function=self.function,
                )
            else:
                message = _(
                    "{function}() gives NaN or infinite numbers; the first one is {where}.",
                    function=self.function,
                    where=where,
                )
            return failed(message, expected=_("finite numbers"), received=str(float(part[row, column])))
        return None

    def _wrong(self, received: Parts, parts_given: Parts, *, constant: bool) -> Judgement | None:
        if constant:  # anything finite will do where there is nothing to divide by
            received, parts_given = _without(received, self.constant), _without(parts_given, self.constant)
        right = [_standardise(parts_given, parts_given.train, freedom) for freedom in (0, 1)]
        if any(_close(received.train, r.train) and _close(received.test, r.test) for r in right):
            return None
        return self._named_mistake(received, parts_given) or self._by_numbers(received, right[0])

    def _named_mistake(self, received: Parts, parts_given: Parts) -> Judgement | None:
        both = np.concatenate(parts_given)
        expected = _("(x - mean of x_train) / standard deviation of x_train, for each column of both parts")
        for words, description, answers in (
            (
                _(
                    "{function}() standardises each part by itself: in x_test, the mean and the standard "
                    "deviation of x_test are used. Take those of x_train for both, or the same row has other "
                    "numbers in other company.",
                    function=self.function,
                ),
                _("x_test standardised by its own mean and deviation"),
                [
                    Parts(
                        _standardise(parts_given, parts_given.train, f).train,
                        _standardise(parts_given, parts_given.test, f).test,
                    )
                    for f in (0, 1)
                ],
            ),
            (
                _(
                    "{function}() computes mean and standard deviation from both parts together. Then the "
                    "network has seen something of the test rows before they are tested. Fit on x_train only.",
                    function=self.function,
                ),
                _("both parts standardised by the statistics of all rows"),
                [_standardise(parts_given, both, f) for f in (0, 1)],
            ),
            (
                _(
                    "{function}() standardises both parts by mean and standard deviation of x_test. Take those "
                    "of x_train for both.",
                    function=self.function,
                ),
                _("both parts standardised by the statistics of x_test"),
                [_standardise(parts_given, parts_given.test, f) for f in (0, 1)],
            ),
            (
                _(
                    "{function}() standardises x_train and leaves x_test as it is. The network would get "
                    "numbers of another size than it was trained with.",
                    function=self.function,
                ),
                _("x_test as it came"),
                [Parts(_standardise(parts_given, parts_given.train, f).train, parts_given.test) for f in (0, 1)],
            ),
            (
                _("{function}() returns the rows as they came.", function=self.function),
                _("both parts as they came"),
                [parts_given],
            ),
            (
                _(
                    "{function}() uses one mean and one standard deviation for the whole table. Each column is "
                    "a feature with a unit of its own: use axis=0.",
                    function=self.function,
                ),
                _("all columns standardised by the same two numbers"),
                [_scale_by(parts_given, parts_given.train.mean(), parts_given.train.std(ddof=f)) for f in (0, 1)],
            ),
            (
                _(
                    "{function}() standardises each row, not each column. The features are the columns: use "
                    "axis=0.",
                    function=self.function,
                ),
                _("rows with the mean 0"),
                [Parts(*(_by_rows(part, f) for part in parts_given)) for f in (0, 1)],
            ),
            (
                _(
                    "{function}() subtracts the mean, but does not divide by the standard deviation.",
                    function=self.function,
                ),
                _("columns with the mean 0 and their old deviation"),
                [_scale_by(parts_given, parts_given.train.mean(axis=0), 1.0)],
            ),
            (
                _(
                    "{function}() divides by the standard deviation, but does not subtract the mean.",
                    function=self.function,
                ),
                _("columns with the standard deviation 1 and a mean other than 0"),
                [_scale_by(parts_given, 0.0, parts_given.train.std(axis=0, ddof=f)) for f in (0, 1)],
            ),
            (
                _(
                    "{function}() divides by the variance. Divide by its square root, the standard deviation.",
                    function=self.function,
                ),
                _("columns divided by their variance"),
                [
                    _scale_by(parts_given, parts_given.train.mean(axis=0), parts_given.train.var(axis=0, ddof=f))
                    for f in (0, 1)
                ],
            ),
        ):
            if any(_close(received.train, a.train) and _close(received.test, a.test) for a in answers):
                return failed(words, expected=expected, received=description)
        if any(_close(received.train, _by_range(parts_given.train, by)) for by in (parts_given.train, both)):
            message = _(
                "{function}() scales to the range from 0 to 1 by smallest and largest value. That is another "
                "scaling: to standardise, subtract the mean and divide by the standard deviation.",
                function=self.function,
            )
            return failed(message, expected=expected, received=_("columns from 0 to 1"))
        return None

    def _by_numbers(self, received: Parts, right: Parts) -> Judgement:
        """Return the judgement for no mistake in particular: the first number that shows it."""
        means, deviations = received.train.mean(axis=0), received.train.std(axis=0)
        off = np.flatnonzero(~(np.isclose(means, 0.0, atol=0.01) & np.isclose(deviations, 1.0, atol=0.05)))
        if len(off):
            column = int(off[0])
            mean, deviation = float(means[column]), float(deviations[column])
            statistics = _(
                "mean {mean:.3g}, standard deviation {deviation:.3g}",
                mean=mean,
                deviation=deviation,
            )
            message = _(
                "Each column of x_train has to come back with the mean 0 and the standard deviation 1. Column "
                "{column} of what {function}() returns has the mean {mean:.3g} and the standard deviation "
                "{deviation:.3g}.",
                function=self.function,
                column=column,
                mean=mean,
                deviation=deviation,
            )
            return failed(message, expected=_("mean 0, standard deviation 1"), received=statistics)
        name, part, wanted = "x_train", received.train, right.train
        if _close(part, wanted, 0.1) and not _close(received.test, right.test):
            name, part, wanted = "x_test", received.test, right.test
        row, column = (int(i) for i in np.argwhere(~np.isclose(part, wanted, rtol=CLOSE, atol=CLOSE))[0])
        message = _(
            "{function}() returned other numbers than (x - mean of x_train) / standard deviation of x_train. "
            "The first difference is {name}[{row}, {column}].",
            function=self.function,
            name=name,
            row=row,
            column=column,
        )
        return failed(message, expected=f"{wanted[row, column]:.6g}", received=f"{part[row, column]:.6g}")


def _table(item: Value, arrays: Mapping[str, Array], function: str) -> Array:
    """Return one part as an array; a data frame comes as one record for each row."""
    if isinstance(item, Items) and item.items and all(isinstance(row, Entries) for row in item.items):
        rows = [row for row in item.items if isinstance(row, Entries)]
        cells = [[cell for key, cell in row.entries if key != "index"] for row in rows]
        item = Items(container=item.container, items=tuple(Items(container="list", items=tuple(c)) for c in cells))
    return numbers(item, arrays, function)


def _scale_by(parts_given: Parts, mean: Array | float, deviation: Array | float) -> Parts:
    return Parts((parts_given.train - mean) / deviation, (parts_given.test - mean) / deviation)


def _standardise(parts_given: Parts, rows: Array, freedom: int) -> Parts:
    """Return both parts standardised by the statistics of `rows`, of which there may be one only."""
    deviation = rows.std(axis=0, ddof=freedom if len(rows) > 1 else 0)
    return _scale_by(parts_given, rows.mean(axis=0), np.where(deviation > 0, deviation, 1.0))


def _by_rows(part: Array, freedom: int) -> Array:
    scaled: Array = (part - part.mean(axis=1, keepdims=True)) / part.std(axis=1, ddof=freedom, keepdims=True)
    return scaled


def _by_range(part: Array, rows: Array) -> Array:
    low, high = rows.min(axis=0), rows.max(axis=0)
    scaled: Array = (part - low) / (high - low)
    return scaled


def _without(parts: Parts, column: int) -> Parts:
    return Parts(*(np.delete(part, column, axis=1) for part in parts))


def _close(received: Array, wanted: Array, within: float = CLOSE) -> bool:
    return bool(np.allclose(received, wanted, rtol=within, atol=within))
