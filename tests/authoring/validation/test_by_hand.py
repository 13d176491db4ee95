"""`grader validate` on an exercise that a person judges a part of: what waits for somebody is no fault."""

from pathlib import Path

import msgspec

from grader.authoring.validation.expectations import Expectation, find_complaint
from grader.core.exit_codes import ExitCode
from grader.core.i18n import Translator
from grader.protocol.verdict import Status
from grader.submission.reader import read
from tests.helpers.by_hand_course import write_course
from tests.helpers.commands import run_here
from tests.helpers.gradebook_entries import criterion, verdict

VERDICT = verdict(criterion("a"), criterion("b", 0.0, Status.NOT_GRADED, message="Look at it."))


def complain(tmp_path: Path, loses: dict[str, float | None], status: Status = Status.NOT_GRADED) -> str:
    file = tmp_path / "submission.py"
    file.write_text("x = 1\n")
    one, two = VERDICT.criteria
    judged = msgspec.structs.replace(
        VERDICT, criteria=(one, msgspec.structs.replace(two, status=status)), certification=()
    )
    complaint = find_complaint(Expectation("x", read(file), loses), judged, {"b"})
    return Translator("en")(complaint or "")


def test_what_waits_for_a_person_is_as_expected_and_what_is_lost_must_not_wait(tmp_path: Path) -> None:
    assert complain(tmp_path, {}) == ""
    assert complain(tmp_path, {"b": None}) == "other points than expected: b 0/2 (Look at it.)"
    assert complain(tmp_path, {"b": None}, Status.NOT_ATTEMPTED) == ""
    assert complain(tmp_path, {}, Status.NOT_ATTEMPTED) == "other points than expected: b 0/2 (Look at it.)"


def test_a_rubric_with_criteria_for_a_person_is_proven_by_the_others(tmp_path: Path) -> None:
    course = write_course(tmp_path / "course")
    made = run_here("notebooks", "--course", course)
    assert made.exit_code == 0, made.output
    done = run_here("validate", "view", "--course", course, XDG_CACHE_HOME=str(tmp_path))
    assert done.exit_code == ExitCode.PASSED, done.output
    assert "scale" in done.output
    # The figure is for a person: a mistake in it would survive, so none is made.
    assert "reliability_plot:" not in done.output
