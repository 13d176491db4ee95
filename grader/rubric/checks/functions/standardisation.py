"""A check of a function that standardises a table of features."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from grader.core.arrays import Array
from grader.core.field_rules import FunctionName, TableWidth
from grader.core.i18n import Words, _, write_number
from grader.evidence.case import Case
from grader.evidence.judgement import Judgement, PreconditionFailedError, failed, passed
from grader.evidence.values import is_numeric, name_of, numbers
from grader.protocol.evidence import Entries, Items, NoneValue, Value
from grader.protocol.plan import ArrayArg, Call, Step
from grader.protocol.task import Task
from grader.rubric.checks.base import DrawnCheck
from grader.rubric.checks.calls import show_call, write_call
from grader.rubric.checks.fitting import require_features
from grader.rubric.checks.functions.comparison import check_unchanged
from grader.rubric.checks.functions.standardisation_mistakes import (
    CLOSE,
    Parts,
    find_mistake,
    is_close,
    standardise,
)
from grader.rubric.data.dataset import Data

STILL, ANOTHER = 2.5, 4.25  # what the feature that never changes is in x_train, and in some rows of x_test
CHANGED = slice(1, None, 4)  # these rows
TRAIN_ROWS = 24


@dataclass(frozen=True)
class Standardises(DrawnCheck):
    """`function(x_train, x_test)` standardises both parts by mean and deviation of the training part alone.

    `features`: how many a row has, two or more.

    >>> Standardises("prepare", features=13)
    """

    function: FunctionName
    features: TableWidth = 13

    def check_exercise(self, task: Task, data: Data) -> None:
        """Raise `RubricError` where the parameters do not fit the exercise."""
        require_features(self, "features", self.features, data)

    @property
    def constant(self) -> int:
        """Return the column that never changes in the training part, in one of the calls."""
        if self.seal.is_closed:
            return int(self.seal.random("a feature that never changes").integers(self.features))
        return min(4, self.features - 1)

    def steps(self, seeds: Sequence[int]) -> Sequence[Step]:
        """Return a call on each of the pairs."""
        return tuple(
            Call(
                id=f"{self.function}@{name}",
                function=self.function,
                arguments=(
                    ArrayArg(name=f"{self.function}:{name}:train"),
                    ArrayArg(name=f"{self.function}:{name}:test"),
                ),
            )
            for name in self.pairs()
        )

    def pairs(self) -> Mapping[str, Parts]:
        """Return the pairs of parts: as usual, with another test part, of one row, and with a constant feature.

        The last is another table altogether: no mean of an earlier call is right for it. The feature that is
        constant in its training part has another value in some rows of its test part.
        """
        random = np.random.default_rng(self._random_seed)
        middle, spread = np.linspace(-3.0, 700.0, self.features), np.geomspace(0.2, 300.0, self.features)
        train = middle + spread * random.gamma(2.0, 1.0, (TRAIN_ROWS, self.features))
        test = middle + spread * random.gamma(2.0, 1.0, (9, self.features))
        random = np.random.default_rng(self._random_seed + 2)
        still = Parts(*(middle + spread * random.gamma(2.0, 1.0, part.shape) for part in (train, test)))
        still.train[:, self.constant] = still.test[:, self.constant] = STILL
        if self.seal.is_closed:  # release 0.1 had no secrets, and has not sent it
            still.test[CHANGED, self.constant] = ANOTHER
        return {
            "usual": Parts(train, test),
            "shifted": Parts(train, 3.0 * test + 5.0 * spread),
            "row": Parts(train, test[:1] + spread),
            "constant": still,
        }

    @property
    def _random_seed(self) -> int:
        """Return the seed that the tables are drawn with."""
        return int(self.seal.random("tables").integers(1, 2**31)) if self.seal.is_closed else 13

    def write_call(self, name: str) -> str:
        """Return the call on a pair of parts as it can be pasted."""
        seed = self._random_seed + 2 * (name == "constant")
        before = (
            f"s = np.geomspace(0.2, 300.0, {self.features}); x = np.linspace(-3.0, 700.0, {self.features}) "
            f"+ s * np.random.default_rng({seed}).gamma(2.0, 1.0, (33, {self.features}))"
        )
        if name == "constant":
            before += f"; x[:, {self.constant}] = {STILL}"
            if self.seal.is_closed:
                before += f"; x[{TRAIN_ROWS + CHANGED.start}::{CHANGED.step}, {self.constant}] = {ANOTHER}"
        test = {"shifted": "3.0 * x[24:] + 5.0 * s", "row": "x[24:25] + s"}.get(name, "x[24:]")
        return write_call(self.function, "x[:24]", test, before=before)

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
            call = self.write_call(name)
            received = self._pair(case, step, parts_given, call)
            if name == "constant" and self._is_of_earlier_call(received, parts_given):
                return self._explain_memory()
            problem = (
                check_unchanged(case, step, self.function)
                or self._not_finite(received, parts_given, constant=name == "constant")
                or self._wrong(received, parts_given, constant=name == "constant")
            )
            if problem is not None:
                return show_call(problem, call)
        return passed(
            _("Both parts are standardised by means and standard deviations of the training part alone.")
        )

    def _is_of_earlier_call(self, received: Parts, parts_given: Parts) -> bool:
        """Return whether the last table is standardised by the training part of the calls before it."""
        received, parts_given = _without(received, self.constant), _without(parts_given, self.constant)
        earlier = np.delete(self.pairs()["usual"].train, self.constant, axis=1)
        remembered = [standardise(parts_given, earlier, freedom) for freedom in (0, 1)]
        return any(is_close(received.train, r.train) and is_close(received.test, r.test) for r in remembered)

    def _explain_memory(self) -> Judgement:
        # A call that could be pasted would not show it: it takes two.
        return failed(
            _(
                "{function}() standardises by means and deviations of an earlier call: called with another table, "
                "it goes on with those of the first. Compute them anew in each call, from the x_train that it is "
                "given.",
                function=self.function,
            ),
            expected=_("mean and standard deviation of the x_train of this call"),
            received=_("those of an earlier call"),
        )

    def _pair(self, case: Case, step: str, parts_given: Parts, call: str) -> Parts:
        """Return the result as two arrays of the right shapes.

        `call`: as it can be pasted, for the message.

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
            judgement = failed(
                _(
                    "{function}() has to return two things: x_train and x_test, both standardised. "
                    "Received: {received}.",
                    function=self.function,
                    received=received,
                ),
                expected=expected,
                received=received,
            )
            raise PreconditionFailedError(show_call(judgement, call))
        return self._read_pair(value.items, arrays, parts_given, call)

    def _read_pair(
        self, items: Sequence[Value], arrays: Mapping[str, Array], parts_given: Parts, call: str
    ) -> Parts:
        """Return two parts that came back as arrays of the right shapes, or raise `PreconditionFailedError`."""
        parts = Parts(*(_table(item, arrays, self.function) for item in items))
        shapes = [part.shape for part in parts]
        if (
            shapes
            == [parts_given.test.shape, parts_given.train.shape]
            != [parts_given.train.shape, parts_given.test.shape]
        ):
            judgement = failed(
                _(
                    "{function}() returns its two parts in the wrong order: first x_train, then x_test.",
                    function=self.function,
                ),
                expected="x_train, x_test",
                received="x_test, x_train",
            )
            raise PreconditionFailedError(show_call(judgement, call))
        for name, part, input_part in zip(("x_train", "x_test"), parts, parts_given, strict=True):
            if not is_numeric(part) or part.shape != input_part.shape:
                raise PreconditionFailedError(show_call(self._wrong_shape(name, part, input_part), call))
        return Parts(*(part.astype(np.float64) for part in parts))

    def _wrong_shape(self, name: str, part: Array, input_part: Array) -> Judgement:
        received = f"{part.shape} {part.dtype}"
        message = _(
            "{function}() has to return {name} with as many rows and columns as it came with, {expected}. "
            "Received: {received}.",
            function=self.function,
            name=name,
            expected=str(input_part.shape),
            received=received,
        )
        return failed(message, expected=str(input_part.shape), received=received)

    def _not_finite(self, received: Parts, parts_given: Parts, *, constant: bool) -> Judgement | None:
        for name, part in zip(("x_train", "x_test"), received, strict=True):
            places = np.argwhere(~np.isfinite(part))
            if not len(places):
                continue
            row, column = (int(i) for i in places[0])
            where = _("{name}[{row}, {column}]", name=name, row=row, column=column)
            if constant and column == self.constant:
                message = self._explain_constant(received)
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

    def _explain_constant(self, received: Parts) -> Words:
        if not np.isnan(np.concatenate(received)).any():
            return _(
                "{function}() gives infinite numbers for a feature that has the same value in every row of "
                "x_train, and another one in a row of x_test: its standard deviation is 0, and only 0 / 0 is NaN. "
                "Divide by 1 there, as StandardScaler does.",
                function=self.function,
            )
        return _(
            "{function}() gives NaN or infinite numbers for a feature that has the same value in every "
            "row of x_train: its standard deviation is 0. Divide by 1 there, as StandardScaler does.",
            function=self.function,
        )

    def _wrong(self, received: Parts, parts_given: Parts, *, constant: bool) -> Judgement | None:
        if constant:  # anything finite will do where there is nothing to divide by
            received, parts_given = _without(received, self.constant), _without(parts_given, self.constant)
        right = [standardise(parts_given, parts_given.train, freedom) for freedom in (0, 1)]
        if any(is_close(received.train, r.train) and is_close(received.test, r.test) for r in right):
            return None
        return find_mistake(self.function, received, parts_given, right) or self._by_numbers(received, right[0])

    def _by_numbers(self, received: Parts, right: Parts) -> Judgement:
        """Return the judgement for no mistake in particular: the first number that shows it."""
        column_means, deviations = received.train.mean(axis=0), received.train.std(axis=0)
        off = np.flatnonzero(~(np.isclose(column_means, 0.0, atol=0.01) & np.isclose(deviations, 1.0, atol=0.05)))
        if len(off):
            column = int(off[0])
            mean, deviation = round(float(column_means[column]), 9) + 0.0, float(deviations[column])
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
        name, part, right_part = "x_train", received.train, right.train
        if is_close(part, right_part, 0.1) and not is_close(received.test, right.test):
            name, part, right_part = "x_test", received.test, right.test
        row, column = (int(i) for i in np.argwhere(~np.isclose(part, right_part, rtol=CLOSE, atol=CLOSE))[0])
        message = _(
            "{function}() returned other numbers than (x - mean of x_train) / standard deviation of x_train. "
            "The first difference is {name}[{row}, {column}].",
            function=self.function,
            name=name,
            row=row,
            column=column,
        )
        return failed(
            message,
            expected=write_number(right_part[row, column], ".6g"),
            received=write_number(part[row, column], ".6g"),
        )


def _table(item: Value, arrays: Mapping[str, Array], function: str) -> Array:
    """Return one part as an array; a data frame comes as one record for each row."""
    if isinstance(item, Items) and item.items and all(isinstance(row, Entries) for row in item.items):
        rows = [row for row in item.items if isinstance(row, Entries)]
        cells = [[cell for key, cell in row.entries if key != "index"] for row in rows]
        item = Items(container=item.container, items=tuple(Items(container="list", items=tuple(c)) for c in cells))
    return numbers(item, arrays, function)


def _without(parts: Parts, column: int) -> Parts:
    return Parts(*(np.delete(part, column, axis=1) for part in parts))
