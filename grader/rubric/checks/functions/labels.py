"""Checks of functions on labels: counting, encoding, confusing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from grader.core.arrays import Array
from grader.core.field_rules import ClassCount, FunctionName
from grader.core.i18n import _
from grader.evidence.case import Case
from grader.evidence.judgement import Judgement, PreconditionFailedError, failed, passed
from grader.evidence.values import flat, is_numeric, name_of, numbers
from grader.protocol.evidence import Entries
from grader.protocol.plan import ArrayArg, Call, Step
from grader.protocol.task import Task
from grader.rubric.checks.base import DrawnCheck
from grader.rubric.checks.fitting import require_classes
from grader.rubric.checks.functions.comparison import OnBatches, compare
from grader.rubric.data.dataset import Data

_MOST_WRITTEN = 100  # numbers in a message


@dataclass(frozen=True)
class CountsClasses(OnBatches):
    """`function(y)` counts the rows of each class, those that do not occur as well.

    >>> CountsClasses("class_counts", classes=10)
    """

    function: FunctionName
    classes: ClassCount

    def check_exercise(self, task: Task, data: Data) -> None:
        """Raise `RubricError` where the parameters do not fit the exercise."""
        require_classes(self, self.classes, task)

    def batches(self) -> Mapping[str, Array]:
        """Return labels of a few classes, and of all: called later, all would tell how many there are."""
        # Never the last class among some.
        if self.seal.is_closed:
            random = self.seal.random("labels to count")
            drawn = np.concatenate([np.arange(self.classes), random.integers(0, self.classes, 57)])
            some = random.choice(random.permutation(self.classes - 1)[:3], 6)
            return {"some": some, "every": random.permutation(drawn)}
        every = [(i * i + 3 * i) % self.classes for i in range(57)] + list(range(self.classes))
        return {"some": np.array([1, 1, 4, 7, 7, 7]) % (self.classes - 1), "every": np.array(every)}

    def judge(self, case: Case) -> Judgement:
        """Judge against NumPy's bincount."""
        for name, y in reversed([*self.batches().items()]):
            received = self._counts(case, f"{self.function}@{name}")
            expected = np.bincount(y, minlength=self.classes)
            if received.shape != expected.shape and name == "some":
                return failed(
                    _(
                        "{function}() leaves out classes that do not occur. Expected {classes} counts, with 0 "
                        "for those. Received: {count}.",
                        function=self.function,
                        classes=self.classes,
                        count=received.size,
                    ),
                    expected=str(expected.tolist()),
                    received=_write_counts(received),
                )
            if problem := compare(self.function, received, expected, _("how often each class occurs"), (y,)):
                return problem
        return passed(_("All {classes} classes are counted, absent ones too.", classes=self.classes))

    def _counts(self, case: Case, step: str) -> Array:
        value, arrays = case.value(step)
        if not isinstance(value, Entries):
            return flat(numbers(value, arrays, self.function))
        counts = {_class(key): numbers(item, arrays, self.function) for key, item in value.entries}
        if wrong := [key for key, count in counts.items() if count.size != 1 or not is_numeric(count)]:
            raise PreconditionFailedError(
                failed(
                    _(
                        "{function}() has to give one number for each class. For {key} it gives something else.",
                        function=self.function,
                        key=wrong[0],
                    ),
                    expected=_("how often each class occurs"),
                    received=name_of(dict(value.entries).get(wrong[0], value)),
                )
            )
        if unknown := set(counts) - {str(c) for c in range(self.classes)}:
            raise PreconditionFailedError(
                failed(
                    _(
                        "{function}() counts something that is no class: {key}.",
                        function=self.function,
                        key=min(unknown),
                    ),
                    received=name_of(value),
                )
            )
        return np.array([counts[str(c)].item() for c in range(self.classes) if str(c) in counts])


def _write_counts(counts: Array) -> str:
    return str(counts.tolist() if counts.size <= _MOST_WRITTEN else counts.shape)[:200]


def _class(key: str) -> str:
    """Return how a key names a class: "3.0" is "3"."""
    return key.removesuffix(".0")


@dataclass(frozen=True)
class OneHot(OnBatches):
    """`function(y)` turns integer labels into rows with a single 1, with a column for every class.

    >>> OneHot("one_hot", classes=10)
    """

    function: FunctionName
    classes: ClassCount

    def check_exercise(self, task: Task, data: Data) -> None:
        """Raise `RubricError` where the parameters do not fit the exercise."""
        require_classes(self, self.classes, task)

    def batches(self) -> Mapping[str, Array]:
        """Return labels of one row, of a few classes, and of all: the last would tell how many there are."""
        if self.seal.is_closed:
            random = self.seal.random("labels to encode")
            drawn = np.concatenate([np.arange(self.classes), random.integers(0, self.classes, 3)])
            every, some = random.permutation(drawn), random.integers(0, min(3, self.classes - 1), 4)
            return {"single": random.integers(0, self.classes - 1, 1), "some": some, "every": every}
        every = np.array([*range(self.classes), 3, 1, 4]) % self.classes
        single = np.array([min(5, self.classes - 2)])  # never the last class: columns are not counted by the rows
        return {"single": single, "some": np.array([2, 0, 2, 1]) % self.classes, "every": every}

    def judge(self, case: Case) -> Judgement:
        """Judge against rows of the identity matrix."""
        for name, y in reversed([*self.batches().items()]):
            received = case.array(f"{self.function}@{name}", self.function)
            expected = np.eye(self.classes)[y]
            if received.ndim == 2 and received.shape[1] == int(y.max()) + 1 != self.classes:
                return failed(
                    _(
                        "{function}() makes {columns} columns when the largest label is {largest}. "
                        "There are always {classes} classes, even when a batch holds only some of them.",
                        function=self.function,
                        columns=received.shape[1],
                        largest=int(y.max()),
                        classes=self.classes,
                    ),
                    expected=str(expected.shape),
                    received=str(received.shape),
                )
            if problem := compare(
                self.function, received, expected, _("a 1 in the column of the label, else 0"), (y,)
            ):
                return problem
        return passed(_("Every row has a single 1, in the column of its label."))


@dataclass(frozen=True)
class ConfusionMatrix(DrawnCheck):
    """`function(y_true, y_pred)` counts pairs: a row for each true class, a column for each predicted one.

    >>> ConfusionMatrix("confusion", classes=10)
    """

    function: FunctionName
    classes: ClassCount

    def check_exercise(self, task: Task, data: Data) -> None:
        """Raise `RubricError` where the parameters do not fit the exercise."""
        require_classes(self, self.classes, task)

    def _labels(self) -> tuple[Array, Array]:
        if self.seal.is_closed:
            random = self.seal.random("pairs of labels")
            drawn = random.integers(0, self.classes, 90)
            return drawn, np.where(random.random(90) < 0.3, random.integers(0, self.classes, 90), drawn)
        true = np.array([(3 * i + i // 7) % self.classes for i in range(90)])
        predicted = np.where(np.arange(90) % 4 == 0, (true + 1 + np.arange(90) % 3) % self.classes, true)
        return true, predicted

    def steps(self, seeds: Sequence[int]) -> Sequence[Step]:
        """Return a call in which most classes are absent, and one with all: that would tell how many there are."""
        names = [("few", "few_true", "few_predicted"), ("all", "true", "predicted")]
        return tuple(
            Call(
                id=f"{self.function}@{name}",
                function=self.function,
                arguments=(
                    ArrayArg(name=f"{self.function}:{true}"),
                    ArrayArg(name=f"{self.function}:{predicted}"),
                ),
            )
            for name, true, predicted in names
        )

    def arrays(self) -> Mapping[str, Array]:
        """Return true and predicted labels."""
        true, predicted = self._labels()
        few_true, few_predicted = np.array([[1, 1, 2], [1, 2, 2]]) % self.classes
        few = {"few_true": few_true, "few_predicted": few_predicted}
        return {f"{self.function}:{k}": v for k, v in {"true": true, "predicted": predicted, **few}.items()}

    def judge(self, case: Case) -> Judgement:
        """Judge against counting pairs; says so when rows and columns are exchanged."""
        labels = self.arrays()
        for name, prefix in (("all", ""), ("few", "few_")):
            expected = np.zeros((self.classes, self.classes), dtype=int)
            pair = labels[f"{self.function}:{prefix}true"], labels[f"{self.function}:{prefix}predicted"]
            np.add.at(expected, pair, 1)
            received = case.array(f"{self.function}@{name}", self.function)
            if received.shape == expected.shape and is_numeric(received) and np.array_equal(received, expected.T):
                return failed(
                    _(
                        "Rows and columns are exchanged: the row is the true class, the column is the "
                        "predicted one."
                    ),
                    expected=_("rows: true, columns: predicted"),
                    received=_("rows: predicted, columns: true"),
                )
            if problem := compare(
                self.function, received, expected, _("how often each true class was called each class"), pair
            ):
                return problem
        return passed(_("Rows are true classes, columns predicted ones, and every count is right."))
