"""Checks of functions on data: loading, scaling, counting, encoding, splitting, confusing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from grader.checks.base import (
    Array,
    Case,
    Judgement,
    UnmetError,
    failed,
    first_difference,
    flat,
    is_numeric,
    name_of,
    numbers,
    passed,
)
from grader.evidence import Entries, Items, Returned
from grader.plan import Array as Given
from grader.plan import Call, Literal, Step
from grader.text import T, Words


def compare(function: str, received: Array, expected: Array, what: Words) -> Judgement | None:
    """Return a judgement where numbers are not those expected (`what` says in words what they are), else None."""
    if not is_numeric(received):
        return failed(
            T(
                "{function}() has to return numbers. Received: dtype {dtype}.",
                function=function,
                dtype=str(received.dtype),
            ),
            expected=what,
            received=str(received.dtype),
        )
    if received.shape != expected.shape:
        return failed(
            T(
                "{function}() returned the shape {received}; expected {expected}.",
                function=function,
                received=str(received.shape),
                expected=str(expected.shape),
            ),
            expected=T("shape {shape}", shape=str(expected.shape)),
            received=T("shape {shape}", shape=str(received.shape)),
        )
    place = first_difference(received, expected)
    if place is None:
        return None
    return failed(
        T(
            "{function}() returned other numbers than expected ({what}). The first difference is at index "
            "{place}.",
            function=function,
            what=what,
            place=str(list(place)),
        ),
        expected=f"{float(expected[place]):.6g}",
        received=f"{float(received[place]):.6g}",
    )


class _NoArrays:
    def arrays(self) -> Mapping[str, Array]:
        """Return nothing: the exercise's data are enough."""
        return {}


def unchanged(case: Case, step: str, function: str) -> Judgement | None:
    """Return a judgement where a function wrote into the array that it was given, else None."""
    outcome = case.seen(step).evidence.outcome
    if isinstance(outcome, Returned) and outcome.mutated:
        return failed(
            T(
                "{function}() changes the array that it is given. Work on a copy: the caller still needs the "
                "original.",
                function=function,
            ),
            expected=T("unchanged arguments"),
            received=T("argument {number} was written to", number=outcome.mutated[0] + 1),
        )
    return None


@dataclass(frozen=True)
class Loads(_NoArrays):
    """`function()` returns features and labels of the whole data set, raw.

    >>> Loads("load")
    """

    function: str

    def steps(self, seeds: Sequence[int]) -> Sequence[Step]:
        """Return one call without arguments."""
        return (Call(id=f"{self.function}@all", function=self.function),)

    def judge(self, case: Case) -> Judgement:
        """Judge against `x_all` and `y_all`; rows may be in another order as long as they stay paired."""
        value, arrays = case.value(f"{self.function}@all")
        if not isinstance(value, Items) or len(value.items) != 2:
            return failed(
                T(
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
        if x.shape == (*y.shape, *true_x.shape[1:]) and is_numeric(x) and is_numeric(y):
            order, true_order = np.lexsort((y, *x.T)), np.lexsort((true_y, *true_x.T))
            x, y, true_x, true_y = x[order], y[order], true_x[true_order], true_y[true_order]
        what = T("the raw grey values and labels of scikit-learn's digits")
        problem = compare(self.function, x, true_x, what) or compare(self.function, y, true_y, what)
        if problem:
            return problem
        if labels.ndim > 1:
            return passed(
                T(
                    "Rows and labels are right. The labels come in the shape {received}; {expected} is what Keras "
                    "and scikit-learn expect.",
                    received=str(labels.shape),
                    expected=str(y.shape),
                )
            )
        return passed(
            T("{rows} rows with {features} features each, and their labels.", rows=len(x), features=x.shape[1])
        )


@dataclass(frozen=True)
class Scales(_NoArrays):
    """`function(x)` divides by the largest possible value: a row's numbers do not depend on its neighbours.

    >>> Scales("scale", largest=16)
    """

    function: str
    largest: float

    def _inputs(self) -> dict[str, list[list[float]]]:
        # No row here reaches the largest value, some columns are constant, and one batch is a single row.
        wave = [[float((7 * r + 3 * c) % (4 + r)) for c in range(64)] for r in range(12)]
        return {
            "batch": wave,
            "row": wave[2:3],
            "dark": [[0.0] * 64, [3.0] * 64],
            "bright": [[16.0] * 64, wave[4]],
        }

    def steps(self, seeds: Sequence[int]) -> Sequence[Step]:
        """Return a call on each of the batches."""
        return tuple(
            Call(
                id=f"{self.function}@{name}",
                function=self.function,
                arguments=(Given(name=f"{self.function}:{name}"),),
            )
            for name in self._inputs()
        )

    def arrays(self) -> Mapping[str, Array]:
        """Return the batches."""
        return {f"{self.function}:{name}": np.array(rows) for name, rows in self._inputs().items()}

    def judge(self, case: Case) -> Judgement:
        """Judge each batch against a division by `largest`."""
        for name, rows in self._inputs().items():
            step = f"{self.function}@{name}"
            received, raw = case.array(step, self.function), np.array(rows)
            if problem := unchanged(case, step, self.function):
                return problem
            if is_numeric(received) and received.shape == raw.shape and not np.isfinite(received).all():
                place = tuple(int(i) for i in np.argwhere(~np.isfinite(received))[0])
                return failed(
                    T(
                        "{function}() gives NaN or infinite numbers, for example where all values of a column are "
                        "equal. The first one is at index {place}.",
                        function=self.function,
                        place=str(list(place)),
                    ),
                    expected=T("numbers from 0 to 1"),
                    received=str(float(received[place])),
                )
            if received.shape == raw.shape and is_numeric(received) and self._depends_on_batch(case):
                return failed(
                    T(
                        "{function}() gives the same row other numbers in another batch. Divide by the largest "
                        "possible "
                        "value, {largest:g}, not by the largest value that happens to be there.",
                        function=self.function,
                        largest=self.largest,
                    ),
                    expected=T("the same numbers for the same row"),
                    received=T("other numbers when the row comes alone"),
                )
            what = T("grey values divided by {largest:g}", largest=self.largest)
            if problem := compare(self.function, received, raw / self.largest, what):
                return problem
        return passed(T("Every value is between 0 and 1, and a row's numbers do not depend on its batch."))

    def _depends_on_batch(self, case: Case) -> bool:
        batch, row = (case.array(f"{self.function}@{name}", self.function) for name in ("batch", "row"))
        if not (is_numeric(batch) and is_numeric(row)):
            return False
        return batch.shape == (12, 64) and row.shape == (1, 64) and not np.allclose(batch[2:3], row, atol=1e-5)


@dataclass(frozen=True)
class CountsClasses(_NoArrays):
    """`function(y)` counts the rows of each class, those that do not occur as well.

    >>> CountsClasses("class_counts", classes=10)
    """

    function: str
    classes: int

    def _inputs(self) -> dict[str, list[int]]:
        every = [(i * i + 3 * i) % self.classes for i in range(57)] + list(range(self.classes))
        return {"every": every, "some": [1, 1, 4, 7, 7, 7]}

    def steps(self, seeds: Sequence[int]) -> Sequence[Step]:
        """Return a call with all classes and one with a few."""
        return tuple(
            Call(
                id=f"{self.function}@{name}",
                function=self.function,
                arguments=(Given(name=f"{self.function}:{name}"),),
            )
            for name in self._inputs()
        )

    def arrays(self) -> Mapping[str, Array]:
        """Return the labels."""
        return {f"{self.function}:{name}": np.array(y) for name, y in self._inputs().items()}

    def judge(self, case: Case) -> Judgement:
        """Judge against NumPy's bincount."""
        for name, y in self._inputs().items():
            received = self._counts(case, f"{self.function}@{name}")
            expected = np.bincount(y, minlength=self.classes)
            if received.shape != expected.shape and name == "some":
                return failed(
                    T(
                        "{function}() leaves out classes that do not occur. Expected {classes} counts, with 0 "
                        "for those. Received: {count}.",
                        function=self.function,
                        classes=self.classes,
                        count=received.size,
                    ),
                    expected=str(expected.tolist()),
                    received=str(received.tolist())[:200],
                )
            if problem := compare(self.function, received, expected, T("how often each class occurs")):
                return problem
        return passed(T("All {classes} classes are counted, absent ones too.", classes=self.classes))

    def _counts(self, case: Case, step: str) -> Array:
        value, arrays = case.value(step)
        if not isinstance(value, Entries):
            return flat(numbers(value, arrays, self.function))
        known = {_class(key): numbers(item, arrays, self.function) for key, item in value.entries}
        if wrong := [key for key, count in known.items() if count.size != 1 or not is_numeric(count)]:
            raise UnmetError(
                failed(
                    T(
                        "{function}() has to give one number for each class. For {key} it gives something else.",
                        function=self.function,
                        key=wrong[0],
                    ),
                    expected=T("how often each class occurs"),
                    received=name_of(dict(value.entries).get(wrong[0], value)),
                )
            )
        if unknown := set(known) - {str(c) for c in range(self.classes)}:
            raise UnmetError(
                failed(
                    T(
                        "{function}() counts something that is no class: {key}.",
                        function=self.function,
                        key=min(unknown),
                    ),
                    received=name_of(value),
                )
            )
        return np.array([known[str(c)].item() for c in range(self.classes) if str(c) in known])


def _class(key: str) -> str:
    """Return how a key names a class: "3.0" is "3"."""
    return key.removesuffix(".0")


@dataclass(frozen=True)
class OneHot(_NoArrays):
    """`function(y)` turns integer labels into rows with a single 1, with a column for every class.

    >>> OneHot("one_hot", classes=10)
    """

    function: str
    classes: int

    def _inputs(self) -> dict[str, list[int]]:
        return {"every": [*range(self.classes), 3, 1, 4], "some": [2, 0, 2, 1], "single": [5]}

    def steps(self, seeds: Sequence[int]) -> Sequence[Step]:
        """Return calls with all classes, with a few, and with one row."""
        return tuple(
            Call(
                id=f"{self.function}@{name}",
                function=self.function,
                arguments=(Given(name=f"{self.function}:{name}"),),
            )
            for name in self._inputs()
        )

    def arrays(self) -> Mapping[str, Array]:
        """Return the labels."""
        return {f"{self.function}:{name}": np.array(y) for name, y in self._inputs().items()}

    def judge(self, case: Case) -> Judgement:
        """Judge against rows of the identity matrix."""
        for name, y in self._inputs().items():
            received = case.array(f"{self.function}@{name}", self.function)
            expected = np.eye(self.classes)[y]
            if received.ndim == 2 and received.shape[1] == max(y) + 1 != self.classes:
                return failed(
                    T(
                        "{function}() makes {columns} columns when the largest label is {largest}. "
                        "There are always {classes} classes, even when a batch holds only some of them.",
                        function=self.function,
                        columns=received.shape[1],
                        largest=max(y),
                        classes=self.classes,
                    ),
                    expected=str(expected.shape),
                    received=str(received.shape),
                )
            if problem := compare(self.function, received, expected, T("a 1 in the column of the label, else 0")):
                return problem
        return passed(T("Every row has a single 1, in the column of its label."))


@dataclass(frozen=True)
class ConfusionMatrix(_NoArrays):
    """`function(y_true, y_pred)` counts pairs: a row for each true class, a column for each predicted one.

    >>> ConfusionMatrix("confusion", classes=10)
    """

    function: str
    classes: int

    def _labels(self) -> tuple[Array, Array]:
        true = np.array([(3 * i + i // 7) % self.classes for i in range(90)])
        predicted = np.where(np.arange(90) % 4 == 0, (true + 1 + np.arange(90) % 3) % self.classes, true)
        return true, predicted

    def steps(self, seeds: Sequence[int]) -> Sequence[Step]:
        """Return a call with all classes and one in which most are absent."""
        names = [("all", "true", "predicted"), ("few", "few_true", "few_predicted")]
        return tuple(
            Call(
                id=f"{self.function}@{name}",
                function=self.function,
                arguments=(Given(name=f"{self.function}:{true}"), Given(name=f"{self.function}:{predicted}")),
            )
            for name, true, predicted in names
        )

    def arrays(self) -> Mapping[str, Array]:
        """Return true and predicted labels."""
        true, predicted = self._labels()
        few = {"few_true": np.array([1, 1, 2]), "few_predicted": np.array([1, 2, 2])}
        return {f"{self.function}:{k}": v for k, v in {"true": true, "predicted": predicted, **few}.items()}

    def judge(self, case: Case) -> Judgement:
        """Judge against counting pairs; says so when rows and columns are exchanged."""
        given = self.arrays()
        for name, prefix in (("all", ""), ("few", "few_")):
            expected = np.zeros((self.classes, self.classes), dtype=int)
            pair = given[f"{self.function}:{prefix}true"], given[f"{self.function}:{prefix}predicted"]
            np.add.at(expected, pair, 1)
            received = case.array(f"{self.function}@{name}", self.function)
            if received.shape == expected.shape and is_numeric(received) and np.array_equal(received, expected.T):
                return failed(
                    T(
                        "Rows and columns are exchanged: the row is the true class, the column is the "
                        "predicted one."
                    ),
                    expected=T("rows: true, columns: predicted"),
                    received=T("rows: predicted, columns: true"),
                )
            if problem := compare(
                self.function, received, expected, T("how often each true class was called each class")
            ):
                return problem
        return passed(T("Rows are true classes, columns predicted ones, and every count is right."))


@dataclass(frozen=True)
class Splits(_NoArrays):
    """`function(x, y, seed)` holds out a share of the rows; x and y stay paired, and the seed decides which rows.

    >>> Splits("split", share=0.25)
    """

    function: str
    share: float
    tolerance: float = 0.05

    def steps(self, seeds: Sequence[int]) -> Sequence[Step]:
        """Return calls with one seed twice and another seed once."""
        rows = (Given(name=f"{self.function}:x"), Given(name=f"{self.function}:y"))
        return tuple(
            Call(
                id=f"{self.function}@{name}",
                function=self.function,
                arguments=(*rows, Literal(value=seed)),
                seed=position,
            )
            for position, (name, seed) in enumerate((("first", 7), ("again", 7), ("other", 8)))
        )

    def arrays(self) -> Mapping[str, Array]:
        """Return 200 rows, each with a label that can be told from the row."""
        numbers_ = np.arange(200)
        x = np.stack([numbers_ * 64 + column for column in range(64)], axis=1).astype(np.float64)
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
                T(
                    "{function}() called twice with the same seed gives two different splits. Hand the seed "
                    "on, for example as random_state=seed.",
                    function=self.function,
                ),
                expected=T("the same split"),
                received=T("two different splits"),
            )
        if np.array_equal(np.sort(first[1][:, 0]), np.sort(other[1][:, 0])):
            return failed(
                T(
                    "{function}() gives the same split for every seed. Hand the seed on, for example as "
                    "random_state=seed.",
                    function=self.function,
                ),
                expected=T("another split for another seed"),
                received=T("the same split"),
            )
        return passed(
            T(
                "{train} rows to train, {test} held out, none in both; the seed decides which.",
                train=len(first[0]),
                test=len(first[1]),
            )
        )

    def _parts(self, case: Case, step: str) -> tuple[Array, ...]:
        value, arrays = case.value(step)
        if not isinstance(value, Items) or len(value.items) != 4:
            raise UnmetError(
                failed(
                    T(
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
            raise UnmetError(
                failed(
                    T(
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
        given = self.arrays()[f"{self.function}:x"]
        rows, held_out = len(given), round(len(given) * self.share)
        x_train, x_test, y_train, y_test = parts
        sizes = [f"({rows - held_out}, 64)", f"({held_out}, 64)", f"({rows - held_out},)", f"({held_out},)"]
        if any(x.ndim != 2 or x.shape[1:] != (64,) for x in (x_train, x_test)):
            return failed(
                T(
                    "{function}() returns the parts in another order or shape: x_train, x_test, y_train, "
                    "y_test expected.",
                    function=self.function,
                ),
                expected=", ".join(sizes),
                received=", ".join(str(part.shape) for part in parts),
            )
        found = [_ids(x, given) for x in (x_train, x_test)]
        if strange := [int(np.flatnonzero(ids < 0)[0]) for ids in found if (ids < 0).any()]:
            return failed(
                T(
                    "{function}() returns rows that are not among those it was given, such as row {row} of a "
                    "part. "
                    "It only has to split; scaling comes elsewhere.",
                    function=self.function,
                    row=strange[0],
                ),
                expected=T("the rows of x, unchanged"),
                received=T("other rows"),
            )
        ids_train, ids_test = found
        if shared := set(ids_train.tolist()) & set(ids_test.tolist()):
            return failed(
                T(
                    "{count} rows are in both parts. What the network has seen in training says nothing about "
                    "new data.",
                    count=len(shared),
                ),
                expected=T("no row in both parts"),
                received=T("{count} rows in both parts", count=len(shared)),
            )
        for ids, y in ((ids_train, y_train), (ids_test, y_test)):
            if len(ids) != y.size or not np.array_equal(ids % 10, np.ravel(y)):
                return failed(
                    T(
                        "x and y are no longer paired: a row has the label of another one. Split both in one "
                        "call.",
                    ),
                    expected=T("each row with its own label"),
                    received=T("rows with labels of others"),
                )
        used = len(set(ids_train.tolist()) | set(ids_test.tolist()))
        if (
            abs(len(ids_test) / rows - self.share) > self.tolerance
            or used != rows
            or len(ids_train) + len(ids_test) != rows
        ):
            return failed(
                T(
                    "Expected a share of {share:.0%} held out, every row used once. "
                    "Received: {train} rows to train, {test} held out, {used} different ones of {rows}.",
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


def _ids(x: Array, given: Array) -> Array:
    """Return which of the given rows each row is, -1 where it is none of them."""
    first = np.where(np.isfinite(x[:, 0]), x[:, 0].astype(np.float64), -1.0)
    ids = np.clip(np.round(first / 64), 0, len(given) - 1).astype(int)
    same: Array = (x == given[ids]).all(axis=1)
    return np.where(same, ids, -1)
