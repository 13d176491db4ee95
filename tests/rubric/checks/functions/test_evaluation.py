"""Judging a classifier: accuracy and recalls in all clothes pass, each usual mistake has its own sentence."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import numpy as np
import pytest

from grader.core.arrays import Array
from grader.evidence.judgement import Judgement
from grader.evidence.run_evidence import StepResult
from grader.protocol.evidence import Raised, Skipped
from grader.protocol.task import Task
from grader.protocol.verdict import Status
from grader.rubric.checks import Evaluates, Training
from grader.rubric.data import Data, wines
from tests.helpers.cases import compiled, exception, judged, returned, seen, text
from tests.rubric.checks.network_cases import Network, case_of, weighted

CHECK = Evaluates(Training(), "evaluate", classes=3)
TASK = Task(kind="classification", classes=3, labels="integers")
CALLS = {"val": ("x_val", "y_val"), "mixed": ("x_val", "y_val_mixed"), "one": ("x_val_one", "y_val_one")}
Evaluate = Callable[[Array, Array], object]


@cache
def data() -> Data:
    """Thirty rows for each part: the largest of three features is the class that the network will name."""
    random = np.random.default_rng(3)
    said = np.arange(30) % 3
    parts = {
        p: (np.eye(3)[said] + random.uniform(0, 0.4, (30, 3))).astype(np.float32) for p in ("train", "val", "test")
    }
    y = np.where(np.arange(30) % 7 == 0, (said + 1) % 3, said)
    mixed = np.where(np.arange(30) % 4 == 0, 0, y)
    inside = {"x_train": parts["train"], "y_train": y, "x_val": parts["val"], "y_val": y, "y_val_mixed": mixed}
    inside |= {"x_val_one": parts["val"][y == 1], "y_val_one": y[y == 1]}
    return Data(inside, {"x_test": parts["test"], "y_test": said})


def predicted(x: Array) -> Array:
    found: Array = x.argmax(axis=1)
    return found


def recalls(x: Array, y: Array, absent: float = np.nan) -> list[float]:
    hit = predicted(x) == y
    return [float(hit[y == k].mean()) if (y == k).any() else absent for k in range(3)]


def accuracy(x: Array, y: Array) -> float:
    return float((predicted(x) == y).mean())


def loss_of(x: Array, y: Array) -> float:
    """Return the cross-entropy of the network that `of` has."""
    shares = np.exp(5 * x.astype(np.float64))
    return float(-np.log(shares[np.arange(len(y)), y] / shares.sum(axis=1)).mean())


def answers(function: Evaluate) -> dict[str, StepResult]:
    """Return what the calls of a function leave."""
    found = {}
    for name, (x, y) in CALLS.items():
        step = f"evaluate@{name}"
        try:
            found[step] = returned(step, function(data().inside[x], data().inside[y]))
        except ZeroDivisionError as error:
            found[step] = seen(step, Raised(exception=exception(error)))
    return found


def of(function: Evaluate) -> Judgement:
    network = Network(
        Training(),
        data(),
        after=weighted(5 * np.eye(3), np.zeros(3), "Softmax"),
        before=weighted(np.ones((3, 3)), np.zeros(3), "Softmax"),
        loss=compiled("sparse_categorical_crossentropy"),
    )
    return judged(CHECK, case_of(TASK, [network], answers(function)))


def with_recall(recall: Callable[[Array, Array], object]) -> Evaluate:
    return lambda x, y: {"accuracy": accuracy(x, y), "recall": recall(x, y)}


def with_accuracy(value: Callable[[Array, Array], object]) -> Evaluate:
    return lambda x, y: {"accuracy": value(x, y), "recall": recalls(x, y)}


RIGHT: Mapping[str, Evaluate] = {
    "list and nan": with_recall(recalls),
    "array and 0": with_recall(lambda x, y: np.array(recalls(x, y, 0.0))),
    "tuple": with_recall(lambda x, y: tuple(recalls(x, y))),
    "column": with_recall(lambda x, y: np.array(recalls(x, y)).reshape(3, 1)),
    "dict": with_recall(lambda x, y: dict(enumerate(recalls(x, y)))),
    "dict in another order": with_recall(lambda x, y: dict(reversed(list(enumerate(recalls(x, y)))))),
    "dict of names": with_recall(lambda x, y: {f"class_{k}": r for k, r in enumerate(recalls(x, y))}),
    "dict of NumPy numbers": with_recall(
        lambda x, y: {np.float64(k): np.float32(r) for k, r in enumerate(recalls(x, y))}
    ),
    "two digits": with_recall(lambda x, y: np.round(recalls(x, y), 2)),
    "accuracy as an array": with_accuracy(lambda x, y: np.array([accuracy(x, y)])),
    "accuracy of two digits": with_accuracy(lambda x, y: round(accuracy(x, y), 2)),
    "single precision": with_accuracy(lambda x, y: np.float32(accuracy(x, y))),
    "more keys": lambda x, y: {"loss": 0.3, "recall": recalls(x, y), "accuracy": accuracy(x, y)},
    "capital letters": lambda x, y: {"Accuracy": accuracy(x, y), "Recall": recalls(x, y)},
}  # fmt: skip


@pytest.mark.parametrize("name", RIGHT)
def test_right_ones_pass(name: str) -> None:
    judgement = of(RIGHT[name])
    assert judgement.status is Status.PASSED, text(judgement.message)


def test_the_call_that_is_shown_has_the_labels_of_which_many_are_wrong() -> None:
    inside = wines().inside
    call = CHECK._write_call("mixed", inside["y_val_mixed"])
    shown = call[call.index("np.where") : call.rindex(")")]
    assert np.array_equal(eval(shown, {"np": np, "y_val": inside["y_val"]}), inside["y_val_mixed"])


def precision(x: Array, y: Array) -> list[float]:
    said = predicted(x)
    return [float((y[said == k] == k).mean()) if (said == k).any() else 0.0 for k in range(3)]


def only_occurring(x: Array, y: Array) -> list[float]:
    return [r for r in recalls(x, y) if not np.isnan(r)]


def raises_when_absent(x: Array, y: Array) -> list[float]:
    return [int(((predicted(x) == k) & (y == k)).sum()) / int((y == k).sum()) for k in range(3)]


WRONG: Mapping[str, tuple[Evaluate, str]] = {
    "precision": (with_recall(precision), "precision of each class"),
    "percentages": (with_recall(lambda x, y: [100 * r for r in recalls(x, y)]), "that is a percentage"),
    "mean": (with_recall(lambda x, y: np.mean(recalls(x, y, 0.0))), "not their mean"),
    "two classes": (with_recall(lambda x, y: recalls(x, y)[:2]), "3 numbers"),
    "those that occur": (with_recall(only_occurring), "On rows that are all of class 1"),
    "nan for the only one": (
        with_recall(lambda x, y: [r if (y != k).any() else np.nan for k, r in enumerate(recalls(x, y))]),
        "On rows that are all of class 1",
    ),
    "1 for the absent": (with_recall(lambda x, y: recalls(x, y, 1.0)), "nan or 0 is expected"),
    "other order": (with_recall(lambda x, y: recalls(x, y)[::-1]), '"recall" of class'),
    "shares of all rows": (
        with_recall(lambda x, y: [((predicted(x) == k) & (y == k)).mean() for k in range(3)]),
        "Of its 9 rows, the network finds 8",
    ),
    "unknown classes": (with_recall(lambda x, y: dict(zip("abc", recalls(x, y), strict=True))), "dict {'a'"),
    "division by zero": (with_recall(raises_when_absent), "all of class 1: evaluate() stopped"),
    "a class left out": (with_recall(lambda x, y: {0: 1.0, 1: 1.0}), "dict {0, 1}"),
    "complex": (with_recall(lambda x, y: np.array(recalls(x, y)) + 0j), "complex128"),
    "texts": (with_recall(lambda x, y: ["0.9", "1", "nan"]), "has to return numbers"),
    "None as recall": (with_recall(lambda x, y: None), "None"),
    "accuracy in percent": (with_accuracy(lambda x, y: 100 * accuracy(x, y)), "that is a percentage"),
    "count": (with_accuracy(lambda x, y: int((predicted(x) == y).sum())), "number of right rows"),
    "error": (with_accuracy(lambda x, y: 1 - accuracy(x, y)), "share of wrong rows"),
    "another number": (with_accuracy(lambda x, y: 0.4321), "the right class for 25 of 30 rows"),
    "loss": (with_accuracy(loss_of), "that is the loss"),
    "NaN": (with_accuracy(lambda x, y: np.nan), "25 of 30 rows"),
    "accuracies": (with_accuracy(lambda x, y: [0.1, 0.2]), "one number from 0 to 1"),
    "accuracy as text": (with_accuracy(lambda x, y: "97 %"), "one number from 0 to 1"),
    "labels ignored": (lambda x, y: RIGHT["list and nan"](x, predicted(x)), "right class for"),
    "tuple": (lambda x, y: (accuracy(x, y), recalls(x, y)), 'the keys "accuracy" and "recall"'),
    "no recall": (lambda x, y: {"accuracy": accuracy(x, y)}, 'the keys "accuracy" and "recall"'),
    "None": (lambda x, y: None, "Is there a `return`"),
    "text": (lambda x, y: "good", "'good'"),
    "array": (lambda x, y: np.zeros(4), "ndarray (4,)"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_wrong_ones_fail_and_the_sentence_says_why(name: str) -> None:
    function, said = WRONG[name]
    judgement = of(function)
    assert judgement.status is Status.FAILED
    assert said in text(judgement.message), text(judgement.message)


def test_one_that_never_looks_at_the_labels_it_is_given_does_not_pass() -> None:
    honest = RIGHT["list and nan"]
    known = honest(data().inside["x_val"], data().inside["y_val"])
    assert of(lambda x, y: known).status is Status.FAILED


def test_without_a_training_there_is_nothing_to_judge() -> None:
    network = Network(Training(), data(), after=weighted(5 * np.eye(3), np.zeros(3), "Softmax"))
    made = case_of(TASK, [network])
    fitted = seen("train@0", Raised(exception=exception(ValueError("shapes"))))
    calls: dict[str, Any] = {f"evaluate@{n}": seen(f"evaluate@{n}", Skipped(step="train@0")) for n in CALLS}
    made.steps.update({"train@0": fitted, **calls})  # type: ignore[attr-defined]
    assert judged(CHECK, made).status is Status.SKIPPED


def test_the_calls_come_after_the_training_with_rows_and_labels_of_the_data() -> None:
    calls = [step for step in CHECK.steps((0,)) if step.id.startswith("evaluate@")]
    assert [step.id for step in calls] == [f"evaluate@{name}" for name in CALLS]
    assert {a.name for step in calls for a in step.arguments[1:]} <= set(data().inside)  # type: ignore[union-attr]
    assert {step.after for step in calls} == {"train@0"}  # type: ignore[union-attr]
