"""Losses of the student's own: each finding of their trial has its judgement and its own sentence."""

from dataclasses import replace
from typing import Any

import pytest

from grader.evidence.judgement import Judgement
from grader.evidence.loss_identity import Finding, IdentifiedLoss
from grader.protocol.evidence import CompileFacts
from grader.protocol.task import Task
from grader.protocol.training import Training as Steps
from grader.protocol.verdict import Status
from grader.rubric.checks import HeadAndLoss, RegressionLoss, YesOrNo
from grader.rubric.checks.networks import output_and_loss, regression
from tests.helpers.cases import Training, compiled, fit, judged, plain, text

OWN = IdentifiedLoss("custom", is_own=True)
NUMBERS = Task(kind="regression", labels="numbers")
ANSWERS = Task(kind="classification", classes=2, labels="integers")

FAILS = [
    (Finding.RISES, "gives 0.2 for right predictions and 0.1 for wrong ones"),
    (Finding.IGNORES_LABELS, "whatever the labels are"),
    (Finding.IGNORES_CLASS, "For rows of class 2"),
    (Finding.SWAPPED, "loss(y_true, y_pred)"),
    (Finding.ALL_PAIRS, "(n, n)"),
    (Finding.CONSTANT, "the same value for all predictions"),
]


@pytest.fixture
def identified(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A function that makes the compiled loss what it is given."""

    def set_loss(loss: IdentifiedLoss) -> None:
        def identify(*_: Any) -> IdentifiedLoss:
            return loss

        for module in (output_and_loss, regression):
            monkeypatch.setattr(module, "identify_network_loss", identify)

    return set_loss


def of_classes(head: str = "Softmax", **changes: Any) -> Judgement:
    changes = {"fit": fit(loss="custom"), **changes}
    return judged(HeadAndLoss(Steps()), Training(make=plain(head), loss=compiled("custom"), **changes).case())


def of_answers(head: str = "Sigmoid") -> Judgement:
    made = Training(make=plain(head, units=1), loss=compiled("custom"), fit=fit(y_shape=(100,), loss="custom"))
    return judged(YesOrNo(Steps()), made.case(task=ANSWERS))


def of_numbers(loss: CompileFacts | None = None) -> Judgement:
    loss = loss or compiled("custom", metrics=())
    made = Training(make=plain("", units=1), loss=loss, fit=fit(y_shape=(100,), loss=loss.loss))
    return judged(RegressionLoss((Steps(),)), made.case(task=NUMBERS))


@pytest.mark.parametrize(("finding", "words"), FAILS)
def test_what_is_wrong_with_a_loss_is_named(identified: Any, finding: Finding, words: str) -> None:
    identified(replace(OWN, finding=finding, right=0.2, wrong=0.1, ignored_class=2))
    for judgement in (of_classes(), of_answers(), of_numbers()):
        assert judgement.status is Status.FAILED
        assert words in text(judgement.message), text(judgement.message)
        assert not judgement.blocks


@pytest.mark.parametrize("finding", [Finding.BOUNDED, Finding.UNDECIDED])
def test_what_is_not_decided_is_left_to_a_person(identified: Any, finding: Finding) -> None:
    identified(replace(OWN, finding=finding))
    for judgement in (of_classes(), of_answers(), of_numbers()):
        assert judgement.status is Status.NOT_GRADED


def test_a_loss_that_raises_is_wrong_where_training_stopped_too(identified: Any) -> None:
    identified(replace(OWN, finding=Finding.RAISES, problem="ValueError: no"))
    assert of_classes().status is Status.NOT_GRADED
    assert of_classes(fit=None).status is Status.NOT_GRADED
    judgement = of_classes(fit=fit(finished=False))
    assert judgement.status is Status.FAILED
    assert "stops with an error: ValueError: no" in text(judgement.message)


def test_an_own_loss_that_does_what_it_has_to_passes_with_a_note(identified: Any) -> None:
    identified(replace(OWN, finding=Finding.PROPER))
    for judgement in (of_classes(), of_answers(), of_numbers()):
        assert judgement.status is Status.PASSED
        assert "no loss that the grader knows" in text(judgement.message)
    identified(replace(OWN, finding=Finding.PROPER, from_logits=True))
    for judgement in (of_classes(""), of_classes("LogSoftmax"), of_answers("")):
        assert judgement.status is Status.PASSED


def test_an_own_loss_has_to_fit_the_output(identified: Any) -> None:
    for loss in (OWN, IdentifiedLoss("categorical_crossentropy", is_own=True)):
        identified(replace(loss, finding=Finding.PROPER if loss is OWN else Finding.NAMED))
        assert "logarithm of probabilities" in text(of_classes("").message)
        assert (of_classes("Sigmoid").status, of_classes("Sigmoid").share) == (Status.PARTIAL, 0.5)
        identified(replace(loss, from_logits=True, finding=Finding.PROPER if loss is OWN else Finding.NAMED))
        judgement = of_classes()
        assert judgement.status is Status.FAILED
        assert "applies softmax itself" in text(judgement.message)
        assert "from_logits=True tells" not in text(judgement.message)
    identified(replace(OWN, finding=Finding.PROPER))
    assert "logarithm of a probability" in text(of_answers("").message)
    identified(replace(OWN, finding=Finding.PROPER, from_logits=True))
    assert "applies the sigmoid itself" in text(of_answers().message)


def test_an_own_loss_that_is_another_one_is_told_by_its_name(identified: Any) -> None:
    identified(IdentifiedLoss("mean_squared_error", is_own=True))
    for judgement in (of_classes(), of_answers()):
        assert judgement.status is Status.FAILED
        assert "Received: mean_squared_error" in text(judgement.message)
    assert of_numbers().status is Status.PASSED


def test_several_losses_are_told_as_such(identified: Any) -> None:
    identified(IdentifiedLoss("several"))
    for judgement in (of_classes(), of_answers(), of_numbers()):
        assert "several losses" in text(judgement.message)


def test_a_model_that_computes_its_loss_is_left_to_a_person() -> None:
    assert of_numbers(compiled("", own_methods=("train_step",))).status is Status.NOT_GRADED
    assert of_numbers(compiled("")).status is Status.FAILED
