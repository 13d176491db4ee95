"""What a reader is told first: one step for each cause."""

import msgspec

from grader.protocol.verdict import Location, Notice, Status
from reports.submission.highlights import find_next_steps
from tests.reports import samples
from tests.reports.submission.test_terminal import _printed


def test_what_shares_its_cause_is_no_step_of_its_own() -> None:
    verdict = samples.broken()[0]
    first, second, *rest = (msgspec.structs.replace(c, status=Status.FAILED) for c in verdict.criteria)
    shared = msgspec.structs.replace(second, same_cause_as=first.id)
    steps = find_next_steps(msgspec.structs.replace(verdict, criteria=(first, shared, *rest)))
    assert [step.id for step in steps] == [first.id, rest[0].id, rest[1].id]


def test_what_kept_the_file_from_being_run_stands_above_the_criteria() -> None:
    verdict, exhibits = samples.mixed()
    cause = Notice(
        id="import-failed",
        severity="error",
        text="Line 64 is not Python.",
        location=Location(file="a.py", line=64),
    )
    text = _printed((msgspec.structs.replace(verdict, notices=(cause, *verdict.notices)), exhibits))
    assert text.count("Line 64 is not Python.") == 1
    assert text.index("Line 64 is not Python.") < text.index("Scale the pixels")
