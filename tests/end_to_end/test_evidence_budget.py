"""One budget for what a submission returns: beyond it a step has a message of its own, and nobody else pays."""

import pytest

from grader.examiner.client import ExaminerClient
from grader.protocol.messages import AddEvidence, Request
from tests.end_to_end.conftest import Grade, criterion, statuses

# Returns more than the others; what is asked for first has the budget first.
LARGE = "def {name}(*_):\n    return np.zeros(700_000, np.uint8)\n"


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Request]:
    """Every request to the examiner that is not answered."""
    requests: list[Request] = []
    send = ExaminerClient.send

    def noted(self: ExaminerClient, request: Request) -> None:
        requests.append(request)
        send(self, request)

    monkeypatch.setattr(ExaminerClient, "send", noted)
    return requests


def test_what_goes_beyond_the_budget_fails_with_its_own_message(
    grade: Grade, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grader.grading.submission_runs.MAX_RUN_BYTES", 1 << 20)
    verdict = grade("".join(LARGE.format(name=name) for name in ("one_hot", "scale")))
    assert statuses(verdict) == {"one_hot": "failed", "scale": "failed", "class_counts": "passed"}
    assert "more data than" in criterion(verdict, "scale").message


def test_evidence_crosses_to_the_examiner_once(grade: Grade, sent: list[Request]) -> None:
    verdict = grade("", "networks")
    assert verdict.points == verdict.max_points
    parts = [request.evidence for request in sent if isinstance(request, AddEvidence)]
    steps = [step for part in parts for step in part.bodies]
    replays = [step for part in parts for step in part.replays]
    assert steps
    assert replays
    assert len(steps) == len(set(steps))
    assert len(replays) == len(set(replays))


def test_the_code_that_a_fault_of_ours_ends_with_is_no_excuse(grade: Grade) -> None:
    """`os._exit(70)` is the submission's own end, not a failure of the grader."""
    verdict = grade("def one_hot(y):\n    import os; os._exit(70)")
    judged = criterion(verdict, "one_hot")
    assert judged.status == "failed"
    assert "exit code 70" in judged.message


def test_evidence_that_no_child_of_ours_would_send_never_reaches_the_examiner(
    grade: Grade, sent: list[Request], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A child keeps within the limit of a step by itself; one that was taken over may not."""
    monkeypatch.setattr("grader.sandbox.run.MAX_STEP_BYTES", 500_000)
    verdict = grade(LARGE.format(name="one_hot"))
    assert statuses(verdict) == {"one_hot": "not_graded", "scale": "passed", "class_counts": "passed"}
    parts = [request.evidence for request in sent if isinstance(request, AddEvidence)]
    assert max(len(body) for part in parts for body in part.bodies.values()) <= 500_000
