"""The record of what `grader ci` says: strict when it is read back."""

import msgspec
import pytest

from grader.protocol.change_result import MAX_BYTES, ChangeResult, SubmissionOutcome, decode, encode
from tests.reports import samples

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
