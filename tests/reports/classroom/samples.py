"""Entries of a gradebook as real ones look, made from the verdicts of `samples`. No chance in them."""

from datetime import UTC, datetime, timedelta
from functools import cache

import msgspec

from grader.protocol.gradebook import Adjustment, AppliedRule, GradebookEntry, RuleKind
from grader.protocol.verdict import CriterionVerdict, Resources, Status, Verdict
from tests.reports import samples

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
FIRST = ("Anna", "Ömer", "Zoë", "Jürgen", "Ágnes", "Björn", "Łukasz", "Mia", "Ayşe", "Paul", "Øyvind")
LAST = ("Müller", "Zimmermann", "Ärmel", "Weiß", "O'Brien", "Özdemir", "García", "Kowalski-Brandenburger", "Adler")
WRONG = (Status.FAILED, Status.PARTIAL, Status.SKIPPED, Status.NOT_ATTEMPTED)


@cache
def sample(kind: str, language: str = "en") -> Verdict:
    """Return one of the verdicts of `samples`, made only once: its exhibits take far longer than it."""
    verdict: Verdict = getattr(samples, kind)(language)[0]
    return verdict


def entry(student: str, verdict: Verdict | None = None, **more: object) -> GradebookEntry:
    """Return an entry with a report, and a name that is the student's own unless told otherwise."""
    fields: dict[str, object] = {
        "student": student,
        "name": student,
        "file": f"{student}/submission.py",
        "report": f"reports/{student}.html",
        "verdict": verdict,
    }
    return GradebookEntry(**(fields | more))  # type: ignore[arg-type]


def adjustment(criterion: str | None, points: float, reason: str = "It is in the appendix.") -> Adjustment:
    """Return what a person decided."""
    return Adjustment(criterion=criterion, points=points, reason=reason, by="R. Lehmann", at=NOON)


def judged(*criteria: CriterionVerdict, language: str = "en", **changes: object) -> Verdict:
    """Return a verdict with these criteria: its points, its most points and its status follow from them."""
    statuses = {criterion.status for criterion in criteria}
    status = Status.PASSED if statuses == {Status.PASSED} else Status.PARTIAL
    values: dict[str, object] = {
        "criteria": criteria,
        "points": sum(criterion.points for criterion in criteria),
        "max_points": sum(criterion.max_points for criterion in criteria),
        "status": Status.NOT_GRADED if Status.NOT_GRADED in statuses else status,
    }
    verdict: Verdict = msgspec.structs.replace(sample("good", language), **(values | changes))
    return verdict


def criterion(name: str, status: Status, points: float = 0.0, **changes: object) -> CriterionVerdict:
    """Return a criterion of 10 points."""
    words = CriterionVerdict(
        id=name,
        title=f"Title of {name}",
        lesson="A lesson.",
        status=status,
        points=points,
        max_points=10.0,
        message=f"Message of {name}.",
    )
    changed: CriterionVerdict = msgspec.structs.replace(words, **changes)
    return changed


def a_class(size: int, language: str = "en") -> tuple[GradebookEntry, ...]:
    """Return a class with everything in it that a dashboard tells of, once it has some forty members."""
    return tuple(_member(number, language) for number in range(size))


def _member(number: int, language: str) -> GradebookEntry:
    late = number % 13 == 4
    verdict = _verdict(number, language)
    adjustments: tuple[Adjustment, ...] = ()
    if verdict is not None and number % 17 == 3:
        adjustments = (adjustment("accuracy", 14.0), adjustment(None, -2.0, "Two days late."))
    return entry(
        f"s{number:04}",
        verdict,
        name=f"{FIRST[number % len(FIRST)]} {LAST[number * 5 % len(LAST)]}",
        late=late,
        submitted=NOON + timedelta(hours=number) if late else None,
        problem="The folder holds two notebooks. Expected one." if verdict is None and number % 40 == 19 else "",
        adjustments=adjustments,
        rules=(AppliedRule(rule=RuleKind.PENALTY, change=-1.0, seconds=3 * 3600, at=NOON),) if late else (),
    )


def _verdict(number: int, language: str) -> Verdict | None:
    if number % 20 == 19:
        return None
    if number % 20 in {7, 13}:
        verdict = sample("mixed" if number % 20 == 7 else "broken", language)
    else:
        good, mixed = sample("good", language).criteria, sample("mixed", language).criteria
        criteria = (
            _changed(a, b, number * 7 + place) for place, (a, b) in enumerate(zip(good, mixed, strict=True))
        )
        verdict = judged(*criteria, language=language)
    seconds = 60.0 if number % 40 == 9 else 10.0 + number % 7 / 10
    mebibytes = 1500.0 if number % 40 == 11 else 220.0 + number % 9
    resources = Resources(wall_seconds=seconds, cpu_seconds=seconds, peak_mib=mebibytes)
    changed: Verdict = msgspec.structs.replace(verdict, resources=resources)
    return changed


def _changed(right: CriterionVerdict, wrong: CriterionVerdict, number: int) -> CriterionVerdict:
    """Return the right outcome, or now and then another one with the hints that a wrong one had."""
    if number % 8:
        return right
    status = WRONG[number // 8 % len(WRONG)]
    points = right.max_points / 2 if status is Status.PARTIAL else 0.0
    changed: CriterionVerdict = msgspec.structs.replace(
        right, status=status, points=points, message=wrong.message, hints=wrong.hints
    )
    return changed
