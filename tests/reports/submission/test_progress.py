"""What changed since the last check: what is passed now, what is not any more, what else moved."""

import io

import msgspec
import pytest
from rich.console import Console

from grader.protocol.verdict import CriterionVerdict, Status, Verdict
from reports.submission import progress
from tests.reports import samples

BASE = samples.good("en")[0]


def verdict(**criteria: tuple[Status, float]) -> Verdict:
    """Return a verdict with these criteria, called by their ids."""
    made = tuple(
        CriterionVerdict(id=name, title=name, lesson=".", status=status, points=points, max_points=10, message=".")
        for name, (status, points) in criteria.items()
    )
    return msgspec.structs.replace(BASE, criteria=made)


def said(before: Verdict, after: Verdict, encoding: str = "utf-8") -> list[str]:
    """Return the printed lines."""
    held = io.TextIOWrapper(io.BytesIO(), encoding)
    progress.render(before, after, Console(file=held, width=200))
    held.seek(0)
    return held.read().splitlines()


def test_what_passed_and_what_does_not_any_more_comes_first() -> None:
    before = verdict(
        a=(Status.FAILED, 0), b=(Status.PASSED, 10), c=(Status.NOT_ATTEMPTED, 0), d=(Status.PARTIAL, 2)
    )
    after = verdict(d=(Status.PARTIAL, 4.5), c=(Status.FAILED, 0), b=(Status.SKIPPED, 0), a=(Status.PASSED, 10))
    assert said(before, after) == [
        "no longer passed: b",
        "now passed: a",
        "4.5 points, was 2: d",
        "failed, was not attempted: c",
    ]


@pytest.mark.parametrize(
    "other", [verdict(a=(Status.PASSED, 10)), verdict(a=(Status.PASSED, 10), b=(Status.FAILED, 0))]
)
def test_nothing_changed_is_said_and_what_is_new_is_no_change(other: Verdict) -> None:
    assert said(verdict(a=(Status.PASSED, 10)), other) == ["No criterion changed."]


def test_a_bonus_that_came_or_went_is_a_change() -> None:
    assert said(verdict(a=(Status.PASSED, 10)), verdict(a=(Status.PASSED, 12))) == ["12 points, was 10: a"]


def test_a_console_that_lacks_signs_gets_others() -> None:
    before, after = verdict(a=(Status.FAILED, 0)), verdict(a=(Status.PASSED, 10))
    strange = msgspec.structs.replace(after.criteria[0], title="x ≤ 1")
    assert said(before, msgspec.structs.replace(after, criteria=(strange,)), "ascii") == [
        "now passed: x \\u2264 1"
    ]


def test_it_speaks_german_and_titles_steer_nothing() -> None:
    before, after = verdict(a=(Status.FAILED, 0)), verdict(a=(Status.PASSED, 10))
    strange = msgspec.structs.replace(after.criteria[0], title="x\n\x1b[31m[bold]\u202e")
    after = msgspec.structs.replace(after, criteria=(strange,), language="de")
    (line,) = said(before, after)
    assert line.endswith(": x ⟨U+001B⟩[31m[bold]⟨U+202E⟩")
