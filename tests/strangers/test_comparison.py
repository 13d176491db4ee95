"""The comparison of verdicts sees what differs; where it saw nothing, the other tests of this folder would too."""

import pytest
from msgspec.structs import replace

from grader.protocol.verdict import (
    CriterionVerdict,
    Hint,
    Isolation,
    Notice,
    Resources,
    Status,
    SubmissionInfo,
    Verdict,
    Versions,
)
from tests.strangers.comparison import Case, find_differences

RIGHT = Case(exercise="wine", note="right", must_lose=(), may_lose=())
WRONG = Case(exercise="wine", note="wrong", must_lose=("training",), may_lose=("accuracy",))


def criterion(name: str, status: Status, message: str = "", **facts: object) -> CriterionVerdict:
    """A criterion of ten points."""
    points = 10.0 if status is Status.PASSED else 0.0
    plain = CriterionVerdict(
        id=name, title="", lesson="", status=status, points=points, max_points=10, message=message
    )
    return replace(plain, **facts)


def verdict(*statuses: Status, certified: bool | None = True, notices: tuple[Notice, ...] = ()) -> Verdict:
    """A verdict on three criteria; those that are not named have passed."""
    rest = (Status.PASSED,) * (3 - len(statuses))
    names = ("training", "accuracy", "prepare")
    return of(*map(criterion, names, (*statuses, *rest)), certified=certified, notices=notices)


def of(*criteria: CriterionVerdict, certified: bool | None = True, notices: tuple[Notice, ...] = ()) -> Verdict:
    """A verdict on these criteria."""
    return Verdict(
        language="en",
        exercise="wine",
        title="",
        submission=SubmissionInfo(name="a.py", sha256=""),
        status=Status.PASSED,
        points=0,
        max_points=0,
        certified=certified,
        certification=(),
        notices=notices,
        isolation=Isolation(mode="walls"),
        versions=Versions("", "", "", "", "", "", ""),
        seeds=(),
        resources=Resources(0, 0, 0),
        criteria=criteria,
    )


@pytest.mark.parametrize("status", [Status.FAILED, Status.PARTIAL, Status.SKIPPED, Status.NOT_GRADED])
def test_a_right_program_that_loses_differs(status: Status) -> None:
    assert find_differences(RIGHT, verdict()) == []
    assert find_differences(RIGHT, verdict(status)) == [f"training must not lose, is {status}"]
    assert find_differences(RIGHT, verdict(Status.NOT_ATTEMPTED)) == []


@pytest.mark.parametrize("status", [Status.PASSED, Status.NOT_ATTEMPTED, Status.NOT_GRADED])
def test_a_wrong_program_that_keeps_its_points_differs(status: Status) -> None:
    assert find_differences(WRONG, verdict(status)) == [f"training must lose, is {status}"]


@pytest.mark.parametrize("status", [Status.FAILED, Status.PARTIAL, Status.SKIPPED])
def test_a_wrong_program_may_lose_what_it_may_and_nothing_else(status: Status) -> None:
    assert find_differences(WRONG, verdict(status, status)) == []
    other = find_differences(WRONG, verdict(status, Status.PASSED, Status.FAILED))
    assert other == ["prepare must not lose, is failed"]


def test_a_consequence_is_skipped_only_where_something_is_wrong() -> None:
    assert find_differences(WRONG, verdict(Status.FAILED, Status.PASSED, Status.SKIPPED)) == []
    assert len(find_differences(RIGHT, verdict(Status.PASSED, Status.PASSED, Status.SKIPPED))) == 1


def test_a_criterion_that_does_not_exist_is_named() -> None:
    case = Case(exercise="wine", note="", must_lose=(), may_lose=("acuracy",))
    assert find_differences(case, verdict()) == ["no criteria ['acuracy']"]


def test_messages_are_searched_in_all_that_is_said() -> None:
    hint = Hint(id="lr-too-high", severity="tip", text="a hint")
    said = criterion("training", Status.FAILED, "a message", received="90 rows", hints=(hint,))
    notices = (Notice(id="crash", severity="error", text="Cell 3"),)
    case = Case(exercise="wine", note="", must_lose=("training",), may_lose=())
    for words in ("A MESSAGE", "90", "a hint", "message.*hint", r"cell \d"):
        assert find_differences(replace(case, message_must_match=words), of(said, notices=notices)) == []
        misses = find_differences(replace(case, message_must_match=words), verdict(Status.FAILED))
        assert misses == [f"no message says /{words}/"]
    misleading = find_differences(replace(case, message_must_not_match="hint"), of(said))
    assert misleading == ["a message says 'hint'"]
    unwritten = criterion("training", Status.NOT_ATTEMPTED, "a hint")
    assert find_differences(replace(RIGHT, message_must_not_match="hint"), of(unwritten)) == []


def test_no_stranger_is_shown_as_a_cheat() -> None:
    assert find_differences(RIGHT, verdict(certified=False)) == ["shown as not certified"]
    assert find_differences(RIGHT, verdict(certified=None)) == []
