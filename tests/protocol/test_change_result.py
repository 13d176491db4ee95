"""The record of what `grader ci` says: strict when it is read back."""

import msgspec
import pytest

from grader.protocol.change_result import (
    MAX_BYTES,
    ChangeResult,
    SubmissionOutcome,
    decode,
    encode,
    exit_code,
    result,
    worst,
)
from grader.protocol.verdict import CriterionVerdict, Status
from tests.reports import samples
from tests.reports.change.result_samples import FAULT, UNREADABLE, answer, criterion, with_criteria

ANSWER = ChangeResult(
    language="en", course="base", outcomes=(SubmissionOutcome(path="a", exercise="digits", problem="empty"),)
)


def test_what_is_written_is_read_back_the_same() -> None:
    assert decode(encode(ANSWER)) == ANSWER


def test_more_than_is_ever_written_is_not_read() -> None:
    with pytest.raises(msgspec.ValidationError, match="are read"):
        decode(b" " * (MAX_BYTES + 1))
    assert decode(encode(ANSWER).ljust(MAX_BYTES)) == ANSWER


@pytest.mark.parametrize(
    "reasons", [{}, {"problem": "empty", "fault": "gone"}, {"verdict": samples.good()[0], "fault": "gone"}]
)
def test_an_outcome_has_exactly_one_reason(reasons: dict[str, object]) -> None:
    held = msgspec.to_builtins(ANSWER)
    outcome = held["outcomes"][0] | {"problem": "", **msgspec.to_builtins(reasons)}
    held["outcomes"] = [outcome]
    with pytest.raises(msgspec.ValidationError, match="exactly one of verdict, problem and fault"):
        decode(msgspec.json.encode(held))


@pytest.mark.parametrize("change", [{"schema": 2}, {"course": "mine"}, {"colour": "green"}])
def test_anything_that_is_not_exactly_an_answer_is_not_read(change: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        decode(msgspec.json.encode(msgspec.to_builtins(ANSWER) | change))


RIGHT = criterion(Status.PASSED, "right")
WRONG = criterion(Status.FAILED, "wrong")
WAITS = criterion(Status.NOT_GRADED, "text", waits_for_person=True)
UNDECIDED = criterion(Status.NOT_GRADED, "unclear")


@pytest.mark.parametrize(
    ("criteria", "pass_mark", "expected"),
    [
        ((RIGHT, WAITS), None, "waiting"),
        ((WAITS,), None, "waiting"),
        ((RIGHT, WRONG, WAITS), None, "not_passed"),
        ((RIGHT, WAITS, UNDECIDED), None, "not_graded"),
        ((RIGHT, UNDECIDED), None, "not_graded"),
        ((RIGHT, WAITS), 50.0, "waiting"),  # enough already, and still no mark
        ((RIGHT, WAITS), 100.0, "waiting"),
        ((WRONG, WAITS), 50.0, "waiting"),  # a person can still give enough
        ((WRONG, WAITS), 60.0, "not_passed"),
        ((RIGHT, WAITS, UNDECIDED), 10.0, "not_graded"),
    ],
)
def test_what_a_person_judges_fails_nothing_by_itself(
    criteria: tuple[CriterionVerdict, ...], pass_mark: float | None, expected: str
) -> None:
    outcome = with_criteria(Status.NOT_GRADED, *criteria)
    assert result(outcome, pass_mark) == expected
    change = answer(outcome, pass_mark=pass_mark)
    assert exit_code(change) == {"waiting": 0, "not_passed": 1, "not_graded": 3}[expected]
    assert decode(encode(change)) == change


def test_only_a_verdict_that_is_not_graded_waits() -> None:
    assert result(with_criteria(Status.FAILED, RIGHT, WAITS), None) == "not_passed"
    assert result(with_criteria(Status.NOT_GRADED, RIGHT), None) == "not_graded"


def test_of_several_the_worst_counts() -> None:
    waiting, passed = with_criteria(Status.NOT_GRADED, WAITS), with_criteria(Status.PASSED, RIGHT)
    failed = with_criteria(Status.FAILED, WRONG)
    assert worst(answer(passed, waiting)) == worst(answer(waiting, passed)) == "waiting"
    assert worst(answer(waiting, failed)) == "not_passed"
    assert worst(answer(waiting, UNREADABLE)) == "unreadable"
    assert worst(answer(waiting, FAULT, UNREADABLE)) == "not_graded"
