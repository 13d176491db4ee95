"""Scores: computed from replays, decided by more seeds where one leaves doubt."""

from typing import Any

import numpy as np
import pytest

from grader.evidence.judgement import Judgement
from grader.evidence.losses import softmax
from grader.protocol.evidence import CompileFacts, Raised, Skipped, StopReason
from grader.protocol.verdict import Status
from grader.rubric.checks import Accuracy, Probabilities
from grader.rubric.checks import Training as Steps
from tests.helpers.cases import Training, case, compiled, exception, judged, plain, seen, stop, text

ACCURACY = Accuracy(Steps(), full=0.93, half=0.85, bonus=0.975, noise=0.01)
PROBABILITIES = Probabilities(Steps())


def score(*scores: float, **changes: Any) -> Judgement:
    return judged(ACCURACY, Training(scores=dict(enumerate(scores)), **changes).case(range(len(scores))))


@pytest.mark.parametrize(
    ("share", "status", "points", "bonus", "undecided"),
    [
        (1.0, Status.PASSED, 1.0, 1.0, False),
        (0.95, Status.PASSED, 1.0, 0.0, False),
        (0.9667, Status.PASSED, 1.0, 0.0, False),
        (0.9833, Status.PASSED, 1.0, 1.0, False),
        (0.9, Status.PARTIAL, 0.5, 0.0, True),
        (0.8667, Status.PARTIAL, 0.5, 0.0, False),
        (0.82, Status.FAILED, 0.0, 0.0, True),
        (0.7833, Status.FAILED, 0.0, 0.0, False),
        (0.1, Status.FAILED, 0.0, 0.0, False),
        (0.9333, Status.PASSED, 1.0, 0.0, True),
        (0.85, Status.PARTIAL, 0.5, 0.0, True),
    ],
)
def test_thresholds(share: float, status: Status, points: float, bonus: float, undecided: bool) -> None:
    judgement = score(share)
    assert (judgement.status, judgement.share, judgement.bonus) == (status, points, bonus)
    assert judgement.undecided is undecided
    assert f"{share:.1%}" in text(judgement.message) or undecided


def test_three_seeds_decide_by_the_median_and_leave_no_doubt() -> None:
    assert score(0.92, 0.95, 0.96).status is Status.PASSED
    assert score(0.94, 0.9, 0.9).status is Status.PARTIAL
    assert not score(0.93, 0.93, 0.93).undecided


def test_a_seed_that_diverged_counts_as_nothing_right() -> None:
    assert score(0.94, -1, -1).status is Status.FAILED
    assert score(0.94, 0.95, -1).status is Status.PASSED


def test_nan_everywhere_is_said() -> None:
    judgement = score(-1)
    assert judgement.status is Status.FAILED
    assert "NaN" in text(judgement.message)


def test_a_seed_that_the_grader_lost_is_not_graded() -> None:
    made = Training(scores={0: 0.94, 1: 0.94}).case((0, 1))
    for step in ("train@1", "trained:train@1"):
        made.steps.pop(step)  # type: ignore[attr-defined]
    assert judged(ACCURACY, made).status is Status.NOT_GRADED
    late = Training(scores={0: 0.94}).case((0,))
    late = case(
        {**late.steps},
        replays=late.replays,
        seeds=(0, 1, 2),
        stops={"train@1": stop(StopReason.TIME), "train@2": stop(StopReason.TIME)},
    )
    assert judged(ACCURACY, late).status is Status.FAILED


def test_the_message_names_score_and_threshold() -> None:
    judgement = score(0.8)
    assert "80.0%" in text(judgement.message)
    assert "93%" in text(judgement.message)
    assert text(judgement.expected) == "accuracy of at least 0.93"


@pytest.mark.parametrize(
    ("head", "facts", "received"),
    [
        ("", compiled(), "linear output with categorical_crossentropy"),
        ("Softmax", compiled(from_logits=True), "softmax output with categorical_crossentropy (from_logits=True)"),
        ("", compiled(from_logits=True), ""),
        ("Softmax", compiled(), ""),
        ("Sigmoid", compiled(), ""),  # half right: it does train
    ],
)
def test_an_output_that_does_not_fit_the_loss_is_named_before_anything_of_the_training(
    head: str, facts: CompileFacts, received: str
) -> None:
    said = text(score(0.5, make=plain(head), loss=facts).message)
    assert ("mend this first" in said) is bool(received), said
    assert received in said


def predicted(make: Any, answer: Any, **changes: Any) -> Judgement:
    return judged(PROBABILITIES, Training(make=make, probabilities=answer, **changes).case())


LOGITS = compiled(from_logits=True)
RIGHT: dict[str, tuple[str, Any]] = {
    "softmax head": ("Softmax", lambda o: o),
    "as a list": ("Softmax", lambda o: o.tolist()),
    "float64": ("Softmax", lambda o: o.astype(np.float64)),
    "rounded": ("Softmax", lambda o: np.round(o, 4)),
    "softmax of logits": ("", softmax),
    "softmax of log-softmax": ("LogSoftmax", softmax),
    "sigmoid outputs": ("Sigmoid", lambda o: o),
    "sigmoid outputs normalised": ("Sigmoid", lambda o: o / o.sum(axis=1, keepdims=True)),
    "relu outputs": ("Relu", lambda o: o),
}


@pytest.mark.parametrize("case_", RIGHT)
def test_faithful_probabilities_pass(case_: str) -> None:
    head, answer = RIGHT[case_]
    judgement = predicted(plain(head), answer)
    assert judgement.status is Status.PASSED, text(judgement.message)


WRONG: dict[str, tuple[str, Any, str]] = {
    "digits": ("Softmax", lambda o: o.argmax(axis=1), "shape (40,)"),
    "one row": ("Softmax", lambda o: o[:1], "shape (1, 10)"),
    "transposed": ("Softmax", lambda o: o.T, "shape (10, 40)"),
    "raw outputs": ("", lambda o: o, "do not sum to one"),
    "softmax twice": ("Softmax", softmax, "what the network gives"),
    "hard": ("Softmax", lambda o: np.eye(10)[o.argmax(axis=1)], "what the network gives"),
    "uniform": ("Softmax", lambda o: np.full(o.shape, 0.1), "what the network gives"),
    "NaN": ("Softmax", lambda o: o * np.nan, "what the network gives"),
    "texts": ("Softmax", lambda o: o.astype(str), "dtype <U"),
    "complex": ("Softmax", lambda o: o + 0j, "complex"),
    "None": ("Softmax", lambda _: None, "None"),
    "empty": ("Softmax", lambda _: [], "has to return numbers"),
    "a number": ("Softmax", lambda _: 0.5, "shape ()"),
}


@pytest.mark.parametrize("case_", WRONG)
def test_unfaithful_probabilities_fail(case_: str) -> None:
    head, answer, said = WRONG[case_]
    judgement = predicted(plain(head), answer)
    assert judgement.status is Status.FAILED
    assert said in text(judgement.message), text(judgement.message)


def test_without_training_there_is_nothing_to_predict() -> None:
    broken = seen("train@0", Raised(exception=exception(ValueError("shapes"))))
    waiting = seen("predict_probabilities@val", Skipped(step="train@0"))
    judgement = judged(
        PROBABILITIES, Training(steps={"train@0": broken, "predict_probabilities@val": waiting}).case()
    )
    assert judgement.status is Status.SKIPPED
    assert "train() gave no result" in text(judgement.message)
