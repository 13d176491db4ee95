"""When a verdict on somebody else's machine is no mark, and what is said then."""

import msgspec

from grader.authoring.release.hosted_grading import find_reason_for_no_mark
from grader.core.i18n import Translator
from grader.protocol.verdict import Isolation, Status, Verdict, WallState
from grader.sandbox.walls.enter import WALLS
from tests.reports import samples

BEHIND_WALLS = Isolation(mode="walls", walls=tuple(WallState(id=name, stands=True) for name in WALLS))


def behind_walls(verdict: Verdict) -> Verdict:
    return msgspec.structs.replace(verdict, isolation=BEHIND_WALLS)


def test_what_was_decided_behind_walls_is_a_mark() -> None:
    assert find_reason_for_no_mark(behind_walls(samples.good()[0])) is None


def test_what_was_not_decided_is_no_mark_and_is_named() -> None:
    verdict = behind_walls(samples.mixed()[0])
    reason = find_reason_for_no_mark(verdict)
    assert reason is not None
    said = Translator("en")(reason)
    assert said.startswith("No mark is given, because the grader could not decide everything. ")
    for criterion in verdict.criteria:
        assert (f"{criterion.id}: {criterion.message}" in said) is (criterion.status is Status.NOT_GRADED)


def test_without_walls_there_is_no_mark_whatever_was_decided() -> None:
    verdict = msgspec.structs.replace(samples.good()[0], isolation=Isolation(mode="plain"))
    reason = find_reason_for_no_mark(verdict)
    assert reason is not None
    assert "a submission could have changed it: no wall around files" in Translator("en")(reason)
