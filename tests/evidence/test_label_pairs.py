"""Rows and labels that `fit` got are compared with those of the exercise: scaling and order make no difference."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from grader.core.arrays import Array
from grader.core.row_hashes import row_hashes
from grader.evidence.case import Case
from grader.evidence.label_pairs import explain_foreign_labels
from grader.evidence.network import read_network
from grader.protocol.evidence import HistoryValue, LayerFacts, Returned
from grader.protocol.task import Task
from grader.protocol.training import Training
from grader.rubric.checks.networks import score_advice
from grader.rubric.checks.networks.score_advice import advise_on_score
from tests.helpers.cases import case, fit, seen, text

TRAINING = Training()
RANDOM = np.random.default_rng(5)
X = RANDOM.normal(0.0, 1.0, (90, 4)).astype(np.float32)
CLASSES = np.arange(90) % 3
NUMBERS = (X @ np.array([1.0, -2.0, 0.5, 3.0]) + 7.0).astype(np.float32)
ORDER = RANDOM.permutation(90)


def fitted(x: Array, y: Array, truth: Array = CLASSES, loss: tuple[float, ...] = (), **changes: Any) -> Case:
    """Return a case in which `fit` got these rows and labels, and the loss went so."""
    task = (
        Task(kind="classification", classes=3) if truth is CLASSES else Task(kind="regression", labels="numbers")
    )
    labels = (y.argmax(axis=1) if y.ndim == 2 and y.shape[1] > 1 else y.ravel()).astype(np.float32)
    arrays = {"rows": row_hashes(x) if x.ndim > 1 else np.zeros(0, np.uint64), "labels": labels}
    curves = {"loss": "loss"} if loss else {}
    facts = fit(rows="rows", labels="labels", x_shape=x.shape, y_shape=y.shape, **changes)
    step = seen(
        TRAINING.fitted(0),
        Returned(value=HistoryValue(curves=curves)),
        {**arrays, "loss": np.array(loss)},
        fits=(facts,),
    )
    return case({step.evidence.id: step}, inside={"x_train": X, "y_train": truth}, task=task)


RIGHT: dict[str, tuple[Array, Array, Array]] = {
    "as they are": (X, CLASSES, CLASSES),
    "scaled and in another order": (X[ORDER] / 16, CLASSES[ORDER], CLASSES),
    "one-hot rows": (X, np.eye(3)[CLASSES], CLASSES),
    "classes that the exercise has not": (X, 2 * CLASSES - 5, CLASSES),
    "one label in six is noise": (X, np.where(np.arange(90) % 6, CLASSES, 0), CLASSES),
    "a third of the rows": (X[::3], CLASSES[::3], CLASSES),
    "numbers with noise": (X, NUMBERS + 0.3 * np.sin(np.arange(90)), NUMBERS),
    "half of the numbers": (X[::2], NUMBERS[::2], NUMBERS),
    "other rows": (X + 1.0, CLASSES[ORDER], CLASSES),
    "a few rows": (X[:10], CLASSES[ORDER][:10], CLASSES),
    "no labels": (X, np.zeros(3), CLASSES),
    "labels that are no numbers": (X, np.full(90, np.nan), CLASSES),
}
WRONG: dict[str, tuple[Array, Array, Array]] = {
    "reversed": (X, NUMBERS[::-1], NUMBERS),
    "shuffled": (X, CLASSES[ORDER], CLASSES),
    "shuffled one-hot rows": (X, np.eye(3)[CLASSES[ORDER]], CLASSES),
    "sorted": (X, np.sort(NUMBERS), NUMBERS),
    "moved by one": (X, np.roll(CLASSES[ORDER], 1), CLASSES),
    "rows shuffled": (X[ORDER], NUMBERS, NUMBERS),
}


@pytest.mark.parametrize("kind", RIGHT)
def test_rows_with_their_own_labels_are_left_alone(kind: str) -> None:
    x, y, truth = RIGHT[kind]
    assert explain_foreign_labels(fitted(x, y, truth), TRAINING) is None


OTHERS: dict[str, tuple[Array, Array, Array, str]] = {
    "classes with other names": (X, (CLASSES + 1) % 3, CLASSES, "the label 1 for the rows of class 0"),
    "one class for another": (
        X,
        np.where(CLASSES == 2, 0, CLASSES),
        CLASSES,
        "the label 0 for the rows of class 2",
    ),
    "standardised": (X, (NUMBERS - 7.0) / 4.0, NUMBERS, "learns to predict other numbers"),
    "the logarithm": (X, np.log(NUMBERS + 30.0), NUMBERS, "learns to predict other numbers"),
    "one feature": (X[:, :1], NUMBERS / 10, NUMBERS, "learns to predict other numbers"),
}


@pytest.mark.parametrize("kind", OTHERS)
def test_other_labels_than_those_of_the_exercise_are_named(kind: str) -> None:
    x, y, truth, said = OTHERS[kind]
    assert said in text(explain_foreign_labels(fitted(x, y, truth), TRAINING))


@pytest.mark.parametrize("kind", WRONG)
def test_rows_with_labels_of_others_are_named(kind: str) -> None:
    x, y, truth = WRONG[kind]
    assert "no longer in the same order" in text(explain_foreign_labels(fitted(x, y, truth), TRAINING))


def test_rows_and_labels_the_wrong_way_round_are_named() -> None:
    sentence = explain_foreign_labels(fitted(NUMBERS, X, NUMBERS), TRAINING)
    assert text(sentence).startswith("fit was given the labels as its rows and the rows as its labels.")


def test_evidence_without_labels_says_nothing() -> None:
    assert explain_foreign_labels(case(), TRAINING) is None
    made = fitted(X, CLASSES[ORDER])
    assert explain_foreign_labels(fitted(X, CLASSES[ORDER][:50]), TRAINING) is None
    assert made.steps["train@0"].evidence.fits[0].labels == "labels"


ADVICE = {
    "a single epoch": ((2.0,), "ran for a single epoch"),
    "falling": ((2.0, 1.5, 1.2, 1.0, 0.9, 0.8, 0.7, 0.6), "fit ran for 8 epochs, and the loss was still falling"),
    "flat": ((2.0, 1.0, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5), "The loss no longer falls at the end"),
    "hardly moving": (
        (5.38, 5.37, 5.36, 5.35, 5.34, 5.33),
        "only got from 5.38 to 5.33. Train for many more epochs",
    ),
    "no curves": ((), "Look at the learning curves"),
}


@pytest.mark.parametrize("kind", ADVICE)
def test_a_low_score_comes_with_what_the_curves_show(kind: str) -> None:
    loss, advice = ADVICE[kind]
    assert advice in text(advise_on_score(fitted(X, CLASSES, loss=loss), TRAINING))


def test_a_penalty_is_named_where_more_training_would_not_help(monkeypatch: pytest.MonkeyPatch) -> None:
    made = fitted(X, CLASSES, loss=ADVICE["flat"][0])
    network = read_network(made, TRAINING, 0)
    layer = LayerFacts(name="one", kind="Dense", path="", kernel_regularizer="L2")
    after: Any = SimpleNamespace(facts=SimpleNamespace(layers=(layer,), compiled=None))
    monkeypatch.setattr(score_advice, "read_network", lambda *_: replace(network, after=after))
    assert "A kernel_regularizer pulls the weights towards 0" in text(advise_on_score(made, TRAINING))


@pytest.mark.parametrize("rate", [50.0, 0.1])
@pytest.mark.parametrize(
    ("curves", "otherwise"),
    [
        ({"loss": [1.4, 1.37, 1.38, 1.37, 1.38]}, "or with a larger learning rate"),
        ({"loss": [1.4, 1.2, 1.3, 1.1, 0.9]}, "or with a larger learning rate"),
        ({"loss": [1.4, 0.9, 1.0, 0.9, 1.0]}, "Does fit get the rows and the targets"),
        ({"loss": [1.4, 0.9, 1.0, 0.8, 0.7], "val_loss": [1.0, 0.6, 1.0, 1.2, 1.5]}, "learned its rows by heart"),
    ],
)
def test_a_rate_that_is_far_too_high_is_told_instead_of_what_it_causes(
    monkeypatch: pytest.MonkeyPatch, rate: float, curves: dict[str, list[float]], otherwise: str
) -> None:
    made = fitted(X, CLASSES, loss=(1.0,))
    compiled = SimpleNamespace(optimizer="SGD", learning_rate=rate, weight=None)
    after: Any = SimpleNamespace(facts=SimpleNamespace(layers=(), compiled=compiled))
    network = replace(read_network(made, TRAINING, 0), after=after, curves=curves)
    monkeypatch.setattr(score_advice, "read_network", lambda *_: network)
    advice = text(advise_on_score(made, TRAINING))
    assert ("SGD ran with a learning rate of 50; usual is 0.01" in advice) is (rate == 50.0)
    assert (otherwise in advice) is (rate == 0.1)


def test_labels_of_other_rows_are_told_before_anything_else() -> None:
    made = fitted(X, CLASSES[ORDER], loss=(2.0, 1.0))
    assert "no longer in the same order" in text(advise_on_score(made, TRAINING))


@pytest.mark.parametrize(
    ("rows", "labels"),
    [
        (np.zeros((90, 2), np.uint64), np.zeros((90, 2), np.float32)),
        (np.array(["a"] * 90), np.zeros(90, np.float32)),
        (np.zeros(90, np.uint64), np.array(["a"] * 90)),
        (np.zeros(100_001, np.uint64), np.zeros(100_001, np.float32)),
        (np.zeros(90, np.uint64), np.full(90, np.inf)),
        (np.zeros(90, np.uint64), np.zeros(90, complex)),
    ],
)
def test_a_claim_in_another_form_says_nothing(rows: Array, labels: Array) -> None:
    made = fitted(X, CLASSES)
    made.steps["train@0"].arrays.update(rows=rows, labels=labels)  # type: ignore[attr-defined]
    assert explain_foreign_labels(made, TRAINING) is None
