"""Checks of functions on features: loading and scaling."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from grader.core.arrays import Array
from grader.core.field_rules import Count, FunctionName, Positive
from grader.core.i18n import _
from grader.evidence.case import Case
from grader.evidence.judgement import Judgement, failed, passed
from grader.evidence.values import flat, is_numeric, name_of, numbers
from grader.protocol.evidence import Items
from grader.protocol.plan import Call, Step
from grader.protocol.task import Task
from grader.rubric.checks.base import Check
from grader.rubric.checks.calls import show_call, write_call
from grader.rubric.checks.fitting import require_features
from grader.rubric.checks.functions.comparison import OnBatches, check_unchanged, compare, find_factor
from grader.rubric.data.dataset import Data


@dataclass(frozen=True)
class Loads(Check):
    """`function()` returns features and labels of the whole data set, raw: `x_all` and `y_all` of the data.

    >>> Loads("load")
    """

    function: FunctionName

    def held_back(self) -> tuple[str, ...]:
        """Return what is expected."""
        return ("x_all", "y_all")

    def steps(self, seeds: Sequence[int]) -> Sequence[Step]:
        """Return one call without arguments."""
        return (Call(id=f"{self.function}@all", function=self.function),)

    def judge(self, case: Case) -> Judgement:
        """Judge against `x_all` and `y_all`; rows may be in another order as long as they stay paired."""
        value, arrays = case.value(f"{self.function}@all")
        if not isinstance(value, Items) or len(value.items) != 2:
            return failed(
                _(
                    "{function}() has to return two things, x and y. Received: {received}.",
                    function=self.function,
                    received=name_of(value),
                ),
                expected="x, y",
                received=name_of(value),
            )
        x, labels = (numbers(item, arrays, self.function) for item in value.items)
        y = flat(labels)
        true_x, true_y = case.outside["x_all"], case.outside["y_all"]
        paired = x.shape == (*y.shape, *true_x.shape[1:]) and is_numeric(x) and is_numeric(y)
        if paired and not (np.array_equal(x, true_x) and np.array_equal(y, true_y)):
            order, true_order = np.lexsort((y, *x.T)), np.lexsort((true_y, *true_x.T))
            x, y, true_x, true_y = x[order], y[order], true_x[true_order], true_y[true_order]
        what = _("the raw features and labels of the whole data set")
        problem = compare(self.function, x, true_x, what) or compare(self.function, y, true_y, what)
        if problem:
            return problem
        if labels.ndim > 1:
            return passed(
                _(
                    "Rows and labels are right. The labels come in the shape {received}; {expected} is what Keras "
                    "and scikit-learn expect.",
                    received=str(labels.shape),
                    expected=str(y.shape),
                )
            )
        return passed(
            _("{rows} rows with {features} features each, and their labels.", rows=len(x), features=x.shape[1])
        )


@dataclass(frozen=True)
class Scales(OnBatches):
    """`function(x)` divides by the largest possible value: a row's numbers do not depend on its neighbours.

    `largest`: that value. `features`: how many a row has.

    >>> Scales("scale", largest=255, features=784)
    """

    function: FunctionName
    largest: Positive
    features: Count = 64

    def check_exercise(self, task: Task, data: Data) -> None:
        """Raise `RubricError` where the parameters do not fit the exercise."""
        require_features(self, "features", self.features, data)

    def batches(self) -> Mapping[str, Array]:
        """Return rows below the largest value, one alone, constant columns, the largest value, and none of 0."""
        columns = range(self.features)
        random = self.seal.random("grey values")
        shift = (
            random.integers(0, 50, (12, self.features)) if self.seal.is_closed else np.zeros((12, self.features))
        )
        wave = np.array([[float((7 * r + 3 * c + shift[r, c]) % (4 + r)) for c in columns] for r in range(12)])
        wave *= self.largest / 16  # up to 14 of 16
        dark = np.repeat([[0.0], [3.0 * self.largest / 16]], self.features, axis=1)
        bright = np.stack([np.full(self.features, float(self.largest)), wave[4]])
        pale = wave[3:5] + 2.0 * self.largest / 16
        return {"batch": wave, "row": wave[2:3], "dark": dark, "bright": bright, "pale": pale}

    def write_call(self, *names: str) -> str:
        """Return the calls on some batches as they can be pasted."""
        wave = f"[[(7 * r + 3 * c) % (4 + r) for c in range({self.features})] for r in range(12)]"
        unit = float(self.largest) / 16
        written = {
            "batch": "x",
            "row": "x[2:3]",
            "dark": f"np.repeat([[0.0], [{3 * unit!r}]], {self.features}, axis=1)",
            "bright": f"np.stack([np.full({self.features}, {float(self.largest)!r}), x[4]])",
            "pale": f"x[3:5] + {2 * unit!r}",
        }
        before = f"x = {unit!r} * np.array({wave})"
        for name in names[:-1]:
            before = write_call(self.function, written[name], before=before)
        return write_call(self.function, written[names[-1]], before=before)

    def judge(self, case: Case) -> Judgement:
        """Judge each batch against a division by `largest`."""
        for name, raw in self.batches().items():
            step = f"{self.function}@{name}"
            received = case.array(step, self.function)
            problem = check_unchanged(case, step, self.function) or self._not_finite(received, raw)
            if problem is not None:
                return show_call(problem, self.write_call(name))
            if received.shape == raw.shape and is_numeric(received) and self._depends_on_batch(case):
                return show_call(self._explain_batch_dependence(), self.write_call("batch", "row"))
            what = _("the values divided by {largest:g}", largest=self.largest)
            problem = self._wrong_divisor(received, raw) or compare(
                self.function, received, raw / self.largest, what
            )
            if problem is not None:
                return show_call(problem, self.write_call(name))
        return passed(_("Every value is between 0 and 1, and a row's numbers do not depend on its batch."))

    def _not_finite(self, received: Array, raw: Array) -> Judgement | None:
        if not is_numeric(received) or received.shape != raw.shape or np.isfinite(received).all():
            return None
        place = tuple(int(i) for i in np.argwhere(~np.isfinite(received))[0])
        return failed(
            _(
                "{function}() gives NaN or infinite numbers, for example where all values of a column are "
                "equal. The first one is at index {place}.",
                function=self.function,
                place=str(list(place)),
            ),
            expected=_("numbers from 0 to 1"),
            received=str(float(received[place])),
        )

    def _explain_batch_dependence(self) -> Judgement:
        return failed(
            _(
                "{function}() gives the same row other numbers in another batch. Divide by the largest "
                "possible value, {largest:g}, not by the largest value that happens to be there.",
                function=self.function,
                largest=self.largest,
            ),
            expected=_("the same numbers for the same row"),
            received=_("other numbers when the row comes alone"),
        )

    def _wrong_divisor(self, received: Array, raw: Array) -> Judgement | None:
        """Return the judgement `failed` where everything is divided by another number."""
        if (
            not is_numeric(received)
            or received.shape != raw.shape
            or (factor := find_factor(received, raw)) is None
        ):
            return None
        if np.isclose(factor, 1, rtol=1e-3) or np.isclose(1 / factor, self.largest, rtol=1e-3):
            return None
        row, column = map(int, np.argwhere(raw)[0])
        return failed(
            _(
                "{function}() divides by {divisor:.4g}. The largest possible value is {largest:g}: divide by "
                "that. From {value:g} it makes {received:.4g}; expected {expected:.4g}.",
                function=self.function,
                divisor=1 / factor,
                largest=self.largest,
                value=float(raw[row, column]),
                received=float(received[row, column]),
                expected=float(raw[row, column] / self.largest),
            ),
            expected=_("the values divided by {largest:g}", largest=self.largest),
            received=_("the values divided by {largest:g}", largest=float(f"{1 / factor:.4g}")),
        )

    def _depends_on_batch(self, case: Case) -> bool:
        batch, row = (case.array(f"{self.function}@{name}", self.function) for name in ("batch", "row"))
        if not (is_numeric(batch) and is_numeric(row)):
            return False
        return (
            batch.shape[:1] == (12,)
            and row.shape == batch[2:3].shape
            and not np.allclose(batch[2:3], row, atol=1e-5)
        )
