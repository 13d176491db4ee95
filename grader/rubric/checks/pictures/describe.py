"""The check of a function that describes pictures: shape, dtype, range, and how many there are of each class."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from grader.core.arrays import Array
from grader.core.field_rules import ClassCount, FunctionName, PictureLength
from grader.core.i18n import Words, _
from grader.evidence.case import Case
from grader.evidence.judgement import Judgement, PreconditionFailedError, failed, partial, passed
from grader.evidence.values import flat, is_numeric, name_of, numbers
from grader.protocol.evidence import Entries, OtherValue, TextValue, Value
from grader.protocol.plan import ArrayArg, Call, Step
from grader.protocol.task import Task
from grader.rubric.checks.base import DrawnCheck
from grader.rubric.checks.fitting import require_classes
from grader.rubric.data.dataset import Data

KEYS = ("shape", "dtype", "min", "max", "counts", "distances")
CLOSE = 0.006  # of distances: people round to two decimals


@dataclass(frozen=True)
class DescribesPictures(DrawnCheck):
    """`function(x, y)` says in a dict what pictures and labels are like; each of its entries counts the same.

    Shape and dtype of x, the smallest and the largest value ("min", "max"), how many pictures there are of each
    class ("counts"), and how many more than on average ("distances"; less is negative). It is called with whole
    numbers of all classes, and with a few float32 among which two classes are missing. `classes`: how many there
    are; `height` and `width`: pixels of a picture.

    >>> DescribesPictures("describe", classes=10)
    """

    function: FunctionName
    classes: ClassCount
    height: PictureLength = 28
    width: PictureLength = 28

    def check_exercise(self, task: Task, data: Data) -> None:
        """Raise `RubricError` where the parameters do not fit the exercise."""
        require_classes(self, self.classes, task)

    def steps(self, seeds: Sequence[int]) -> Sequence[Step]:
        """Return a call for each batch."""
        return tuple(
            Call(
                id=f"{self.function}@{name}",
                function=self.function,
                arguments=(ArrayArg(name=f"{self.function}:x_{name}"), ArrayArg(name=f"{self.function}:y_{name}")),
            )
            for name in self._batches
        )

    def arrays(self) -> Mapping[str, Array]:
        """Return the pictures and labels of all batches."""
        arrays: dict[str, Array] = {}
        for name, (x, y) in self._batches.items():
            arrays |= {f"{self.function}:x_{name}": x, f"{self.function}:y_{name}": y}
        return arrays

    @cached_property
    def _batches(self) -> Mapping[str, tuple[Array, Array]]:
        random = self.seal.random("pictures to describe", 61)
        size = (self.height, self.width)
        rows = int(random.integers(50, 70))
        labels = np.concatenate([np.arange(self.classes), random.integers(0, self.classes, rows - self.classes)])
        low, high = random.integers(1, 9), random.integers(230, 250)
        every = random.integers(low, high, (rows, *size)).astype(np.uint8)
        left_out = {self.classes - 1, int(random.integers(1, self.classes - 1))}
        present = [label for label in range(self.classes) if label not in left_out]
        few = random.permutation([*present, *random.choice(present, 15)])
        some = random.uniform(0.05, 0.95, (len(few), *size)).astype(np.float32)
        # All classes come last: from then on a function could know how many there are.
        return {"some": (some, few), "every": (every, random.permutation(labels))}

    def judge(self, case: Case) -> Judgement:
        """Judge each entry; it has to be right for all batches."""
        problems: dict[str, Words] = {}
        for name, (x, y) in reversed([*self._batches.items()]):
            value, arrays = case.value(f"{self.function}@{name}")
            entries = self._read_entries(value)
            for key, expected in self._expect(x, y).items():
                problem = self._find_problem(key, entries.get(key), arrays, expected)
                if problem is not None:
                    problems.setdefault(key, problem)
        if not problems:
            return passed(_("Shape, dtype, range and counts are right, for missing classes too."))
        first = next(iter(problems.values()))
        message = _("{function}(): {complaint}", function=self.function, complaint=first)
        if len(problems) == len(KEYS):
            return failed(message)
        return partial(round(1 - len(problems) / len(KEYS), 4), message)

    def _read_entries(self, value: Value) -> Mapping[str, Value]:
        if isinstance(value, Entries):
            return dict(value.entries)
        received = name_of(value)
        message = _(
            "{function}() has to return a dict with the keys {keys}. Received: {received}.",
            function=self.function,
            keys=", ".join(map(repr, KEYS)),
            received=received,
        )
        raise PreconditionFailedError(failed(message, expected="dict", received=received))

    def _expect(self, x: Array, y: Array) -> Mapping[str, Array | str]:
        counts = np.bincount(y, minlength=self.classes)
        return {
            "shape": np.array(x.shape),
            "dtype": str(x.dtype),
            "min": np.array(x.min()),
            "max": np.array(x.max()),
            "counts": counts,
            "distances": counts - counts.mean(),
        }

    def _find_problem(
        self, key: str, value: Value | None, arrays: Mapping[str, Array], expected: Array | str
    ) -> Words | None:
        """Return what is wrong with one entry; None for nothing."""
        if value is None:
            return _("the dict has no entry {key!r}.", key=key)
        if isinstance(expected, str):
            return self._judge_dtype(value, expected)
        received = self._read_numbers(value, arrays, key)
        if key in {"counts", "distances"} and received.shape != expected.shape:
            return _(
                "{key!r} has to hold {classes} numbers, one for each class, also for those that do not occur. "
                "Received: {count}.",
                key=key,
                classes=self.classes,
                count=received.size,
            )
        close = CLOSE if key == "distances" else 1e-6
        if received.size == expected.size and np.allclose(
            received.ravel(), expected.ravel(), rtol=1e-5, atol=close
        ):
            return None
        if key == "distances":
            return _explain_distances(received, expected)
        return _(
            "{key!r} is {received}; expected: {expected}.",
            key=key,
            received=str(received.tolist())[:120],
            expected=str(expected.tolist()),
        )

    def _read_numbers(self, value: Value, arrays: Mapping[str, Array], key: str) -> Array:
        if isinstance(value, Entries):  # {0: 5, 1: 7}, whatever its order
            by_class = {name.removesuffix(".0"): item for name, item in value.entries}
            items = [
                numbers(by_class[str(c)], arrays, self.function) for c in range(self.classes) if str(c) in by_class
            ]
            received = np.array([item.item() for item in items if item.size == 1])
        else:
            received = flat(numbers(value, arrays, self.function))
        if not is_numeric(received):
            message = _(
                "{function}(): {key!r} has to be numbers. Received: {received}.",
                function=self.function,
                key=key,
                received=name_of(value),
            )
            raise PreconditionFailedError(failed(message, received=name_of(value)))
        return received.astype(np.float64)

    def _judge_dtype(self, value: Value, expected: str) -> Words | None:
        if isinstance(value, TextValue) and value.text.rpartition(".")[2].strip("'>") == expected:
            return None
        if isinstance(value, OtherValue) and "dtype" in value.type.lower():
            # `x.dtype` itself is an object, of which only the class is recorded, such as UInt8DType.
            if value.type.lower().startswith(expected):
                return None
            return _("'dtype' is {received}; expected: {expected}.", received=value.type, expected=expected)
        return _("'dtype' is {received}; expected: {expected!r}.", received=name_of(value), expected=expected)


def _explain_distances(received: Array, expected: Array) -> Words:
    if np.allclose(received, -expected, atol=CLOSE):
        return _(
            "'distances' have the wrong sign: the count minus the mean, so that less than the mean is negative."
        )
    if np.allclose(received, np.abs(expected), atol=CLOSE):
        return _("'distances' have lost their sign: a class with fewer pictures than the mean has a negative one.")
    return _(
        "'distances' are {received}; expected are {expected}: the count of each class minus the mean of all "
        "counts.",
        received=str([round(v, 2) for v in received.tolist()])[:120],
        expected=str([round(v, 2) for v in expected.tolist()]),
    )
