"""What a reader is told first: one step for each cause."""

import msgspec

from grader.protocol.verdict import Location, Notice, Status
from reports.submission.highlights import find_next_steps, find_open_bonuses
from reports.submission.html import render
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


def test_a_bonus_is_open_where_all_points_are_there_and_not_all_of_the_bonus() -> None:
    verdict = samples.good()[0]
    first, *_ = verdict.criteria

    def with_points(status: Status, points: float) -> bool:
        criterion = msgspec.structs.replace(first, status=status, points=points, max_points=5.0, bonus=2.0)
        return find_open_bonuses(msgspec.structs.replace(verdict, criteria=(criterion,))) == (criterion,)

    assert with_points(Status.PASSED, 5.0)
    assert with_points(Status.PASSED, 6.5)
    assert not with_points(Status.PASSED, 7.0)
    assert not with_points(Status.FAILED, 0.0)
    assert not with_points(Status.PARTIAL, 3.0)


def test_a_criterion_without_a_cause_of_its_own_links_to_the_one_that_tells_it() -> None:
    verdict, exhibits = samples.broken()
    first, second, *rest = verdict.criteria
    shared = msgspec.structs.replace(second, same_cause_as=first.id)
    link = f'<p class="cause"><a href="#criterion-{first.id}">Go to the cause</a></p>'
    assert render(msgspec.structs.replace(verdict, criteria=(first, shared, *rest)), exhibits).count(link) == 1
    assert link not in render(verdict, exhibits)
