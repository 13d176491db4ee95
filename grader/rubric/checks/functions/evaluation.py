"""A check of a function that judges a classifier: its accuracy, and the recall of each class."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from grader.core.arrays import Array
from grader.core.field_rules import ClassCount, FunctionName
from grader.core.i18n import Words, _, write_number
from grader.evidence.case import Case
from grader.evidence.judgement import Judgement, PreconditionFailedError, failed, not_graded, passed
from grader.evidence.losses import compute_loss
from grader.evidence.network import Model
from grader.evidence.values import flat, is_numeric, name_of, numbers
from grader.protocol.evidence import ArrayValue, Entries, Items, NoneValue, Value
from grader.protocol.plan import ArrayArg, Call, ResultOf, Step
from grader.protocol.task import Task
from grader.rubric.checks.calls import show_call, write_network_call
from grader.rubric.checks.fitting import require_classes
from grader.rubric.checks.networks.single import NetworkCheck, require_certified
from grader.rubric.data.dataset import Data


@dataclass(frozen=True)
class Evaluates(NetworkCheck):
    """`function(model, x, y)` returns `{"accuracy": ..., "recall": [one for each class]}` for rows and labels.

    It is called on the validation rows, on those with labels of which some are wrong (`y_val_mixed` in the data),
    and on those of a single class (`x_val_one`, `y_val_one`).

    >>> Evaluates(Training(), "evaluate", classes=3)
    """

    kinds = frozenset({"classification"})
    topics = frozenset({"probabilities"})
    function: FunctionName
    classes: ClassCount

    def check_exercise(self, task: Task, data: Data) -> None:
        """Raise `RubricError` where the parameters do not fit the exercise."""
        require_classes(self, self.classes, task)

    @property
    def tried_function(self) -> str:
        """Return the function that gets the network."""
        return self.function

    def steps(self, seeds: Sequence[int]) -> Sequence[Step]:
        """Return three calls after the training on the first seed."""
        training, seed = self.training, seeds[0]
        calls = [
            Call(
                id=self._step(name),
                function=self.function,
                arguments=(
                    ResultOf(step=training.built(seed)),
                    ArrayArg(name=training.array(x)),
                    ArrayArg(name=training.array(y)),
                ),
                after=training.fitted(seed),
            )
            for name, x, y in _EVALUATED
        ]
        return (*training.steps(seeds), *calls)

    def _step(self, name: str) -> str:
        return f"{self.function}@{name}{self.training.suffix}"

    def judge(self, case: Case) -> Judgement:
        """Judge against what the frozen graph puts out for the same rows."""
        case.value(self._step(_EVALUATED[0][0]))  # what went wrong in the function is said first
        model = require_certified(case, self.training, after=True)
        all_labels = case.inside[self.training.array("y_val")]
        outputs = model.outputs.get("x_val")
        if outputs is None or outputs.ndim != 2 or len(outputs) != len(all_labels) or not outputs.size:
            return not_graded(
                _("The network does not give a line of numbers for each row, so there is nothing to compare with.")
            )
        predicted = outputs.argmax(axis=1)
        for name, x, y in _EVALUATED:
            labels = case.inside[self.training.array(y)]
            of_one = x != "x_val"
            rows = all_labels == labels[0] if of_one else np.ones(len(all_labels), dtype=bool)
            loss = _compute_loss(model, outputs[rows], labels)
            problem = self._problem(case, self._step(name), labels, predicted[rows], loss)
            if problem is not None and of_one:
                message = _(
                    "On rows that are all of class {k}: {message}", k=int(labels[0]), message=problem.message
                )
                problem = replace(problem, message=message)
            if problem is not None:
                return problem if problem.at is not None else show_call(problem, self._write_call(name, labels))
        hits = int((predicted == all_labels).sum())
        return passed(
            _(
                "Accuracy and the recall of each class are right. On the validation rows: {hits} of {rows}.",
                hits=hits,
                rows=len(all_labels),
            )
        )

    def _write_call(self, name: str, labels: Array) -> str:
        """Return a call as it can be pasted: with the validation rows, or those of one class."""
        last = self.classes - 1
        rows, truth = {
            "val": ("x_val", "y_val"),
            "mixed": ("x_val", f"np.where(np.arange(len(y_val)) % 3, y_val, np.minimum(y_val + 1, {last}))"),
            "one": (f"x_val[y_val == {int(labels[0])}]", f"y_val[y_val == {int(labels[0])}]"),
        }[name]
        return write_network_call(self.training, self.function, rows, truth)

    def _problem(
        self, case: Case, step: str, labels: Array, predicted: Array, loss: float | None
    ) -> Judgement | None:
        try:
            accuracy, recall = self._answer(case, step)
        except PreconditionFailedError as unmet:
            return unmet.judgement
        return self._wrong_accuracy(accuracy, labels, predicted, loss) or self._wrong_recall(
            recall, labels, predicted
        )

    def _answer(self, case: Case, step: str) -> tuple[float, Array]:
        """Return accuracy and recalls as they came back; `PreconditionFailedError` says what came back instead."""
        value, arrays = case.value(step)
        entries = {}
        if isinstance(value, Entries):
            entries = {key.strip().lower(): item for key, item in value.entries}
        missing = [key for key in ("accuracy", "recall") if key not in entries]
        if missing:
            received = name_of(value)
            message = _(
                '{function}() has to return a dict with the keys "accuracy" and "recall". Received: {received}.',
                function=self.function,
                received=received,
            )
            if isinstance(value, NoneValue):
                message = _("{function}() returned None. Is there a `return` at its end?", function=self.function)
            raise PreconditionFailedError(
                failed(message, expected='{"accuracy": ..., "recall": [...]}', received=received)
            )
        return self._one(entries["accuracy"], arrays), self._recalls(entries["recall"], arrays)

    def _one(self, item: Value, arrays: Mapping[str, Array]) -> float:
        array = numbers(item, arrays, self.function) if isinstance(item, ArrayValue) else None
        if array is None or not is_numeric(array) or array.size != 1:
            received = name_of(item)
            raise PreconditionFailedError(
                failed(
                    _('"accuracy" has to be one number from 0 to 1. Received: {received}.', received=received),
                    expected=_("one number"),
                    received=received,
                )
            )
        return float(array.reshape(()))

    def _recalls(self, item: Value, arrays: Mapping[str, Array]) -> Array:
        if isinstance(item, Entries):
            item = self._in_order(item)
        recalls = None
        if isinstance(item, ArrayValue | Items):
            recalls = flat(numbers(item, arrays, self.function))
        if recalls is None or not is_numeric(recalls) or recalls.shape != (self.classes,):
            received = name_of(item)
            message = _(
                '"recall" has to hold {classes} numbers, one for each class in their order, also for a class that '
                "does not occur in y. Received: {received}.",
                classes=self.classes,
                received=received,
            )
            if recalls is not None and recalls.ndim == 0:
                message = _(
                    '"recall" has to hold one number for each of the {classes} classes, not their mean. '
                    "Received: {received}.",
                    classes=self.classes,
                    received=received,
                )
            raise PreconditionFailedError(
                failed(message, expected=_("{count} numbers", count=self.classes), received=received)
            )
        return recalls.astype(np.float64)

    def _in_order(self, item: Entries) -> Value:
        """Return the recalls of a dict in the order of the classes; as it is where a key names none of them."""
        by_class = {_class_of(key): value for key, value in item.entries}
        if set(by_class) != set(range(self.classes)) or len(item.entries) != self.classes:
            return item
        return Items(container="dict", items=tuple(by_class[k] for k in range(self.classes)))

    def _wrong_accuracy(
        self, received: float, labels: Array, predicted: Array, loss: float | None
    ) -> Judgement | None:
        hits = predicted == labels
        expected = float(hits.mean())
        if _same(received, expected):
            return None
        message: Words = _(
            '"accuracy" is {received:.4g}, but the network names the right class for {hits} of {rows} rows: '
            "{expected:.4g}.",
            received=received,
            hits=int(hits.sum()),
            rows=len(hits),
            expected=expected,
        )
        if loss and abs(received - loss) <= 0.01 * loss:
            message = _(
                '"accuracy" is {received:.4g}: that is the loss. model.evaluate returns the loss first, then the '
                "metrics of compile.",
                received=received,
            )
        elif _same(received / 100, expected):
            message = _(
                '"accuracy" is {received:.4g}: that is a percentage. Return a share from 0 to 1.',
                received=received,
            )
        elif _same(received, float(hits.sum())):
            message = _(
                '"accuracy" is {received:.4g}: that is the number of right rows. Divide it by the number of rows.',
                received=received,
            )
        elif _same(received, 1 - expected):
            message = _(
                '"accuracy" is {received:.4g}: that is the share of wrong rows. The network names the right class '
                "for {hits} of {rows} rows.",
                received=received,
                hits=int(hits.sum()),
                rows=len(hits),
            )
        return failed(message, expected=write_number(expected, ".4g"), received=write_number(received, ".4g"))

    def _wrong_recall(self, received: Array, labels: Array, predicted: Array) -> Judgement | None:
        classes = range(self.classes)
        hits = np.array([np.sum((labels == k) & (predicted == k)) for k in classes])
        occurs, named = (np.bincount(of, minlength=self.classes) for of in (labels, predicted))
        wrong = [k for k in classes if not _recall_is_right(received[k], hits[k], occurs[k])]
        if not wrong:
            return None
        k = wrong[0]
        shares = {"percent": hits / np.maximum(occurs, 1), "precision": hits / np.maximum(named, 1)}
        share = write_number(shares["percent"][k], ".4g") if occurs[k] else "nan"
        expected = _("{share} for class {k}", share=share, k=k)
        received_share = _("{share} for class {k}", share=write_number(received[k], ".4g"), k=k)
        if occurs[k] == 0:
            message = _(
                '"recall" of class {k} is {received:.4g}, but no row is of this class: nan or 0 is expected.',
                k=k,
                received=float(received[k]),
            )
        elif _all_same(received, shares["precision"]):
            message = _(
                '"recall" holds the precision of each class: right ones among the rows that the network calls so. '
                "Recall is about the rows that are so. Class {k}: {hits} of the {rows} rows are found.",
                k=k,
                hits=int(hits[k]),
                rows=int(occurs[k]),
            )
        elif _all_same(received / 100, shares["percent"]):
            message = _(
                '"recall" of class {k} is {received:.4g}: that is a percentage. Return a share from 0 to 1.',
                k=k,
                received=float(received[k]),
            )
        else:
            message = _(
                '"recall" of class {k} is {received:.4g}. Of its {rows} rows, the network finds {hits}: '
                "{expected:.4g}.",
                k=k,
                received=float(received[k]),
                rows=int(occurs[k]),
                hits=int(hits[k]),
                expected=float(hits[k] / occurs[k]),
            )
        return failed(message, expected=expected, received=received_share)


# Name of the call, rows and labels.
_EVALUATED = (
    ("val", "x_val", "y_val"),
    ("mixed", "x_val", "y_val_mixed"),
    ("one", "x_val_one", "y_val_one"),
)
ROUNDED = 0.006  # two digits are enough


def _compute_loss(model: Model, outputs: Array, labels: Array) -> float | None:
    """Return the mean loss that the network is compiled with on rows with labels; None where it is not known."""
    compiled = model.facts.compiled
    if compiled is None:
        return None
    return compute_loss(compiled.loss, outputs, labels, compiled.from_logits, compiled.label_smoothing)


def _same(received: float, expected: float) -> bool:
    return bool(abs(received - expected) <= ROUNDED)


def _all_same(received: Array, expected: Array) -> bool:
    return all(_same(float(a), float(b)) for a, b in zip(received, expected, strict=True))


def _recall_is_right(received: float, hits: int, rows: int) -> bool:
    if rows == 0:
        return bool(np.isnan(received) or received == 0)
    return _same(float(received), hits / rows)


def _class_of(key: str) -> int | None:
    """Return the class that a key names: `2`, `2.0`, `class_2`; None where it names none."""
    last = key.strip().replace(" ", "_").rpartition("_")[2]
    return int(float(last)) if last.replace(".", "", 1).isdigit() else None
