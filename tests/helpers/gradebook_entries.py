"""Entries of a gradebook as batch grading makes them, for the tests of whatever shows a class."""

from datetime import UTC, datetime
from typing import Any

from grader.protocol.gradebook import Adjustment, GradebookEntry
from grader.protocol.verdict import (
    CertificationItem,
    CriterionVerdict,
    Hint,
    Isolation,
    Location,
    Notice,
    Resources,
    Status,
    SubmissionInfo,
    Verdict,
    Versions,
)

ADJUSTED = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
HANDED_IN = datetime(2026, 11, 20, 21, 4, 5, tzinfo=UTC)


def criterion(id_: str, points: float = 2.0, status: Status = Status.PASSED, **changes: Any) -> CriterionVerdict:
    """Return a criterion of two points."""
    known = {"title": id_.title(), "lesson": "A lesson.", "max_points": 2.0, "message": "As expected."}
    return CriterionVerdict(**{"id": id_, "points": points, "status": status, **known, **changes})


def verdict(*criteria: CriterionVerdict, **changes: Any) -> Verdict:
    """Return a verdict on `criteria`, by default on two that are passed."""
    criteria = criteria or (criterion("softmax"), criterion("loss"))
    undecided = any(c.status is Status.NOT_GRADED for c in criteria)
    known: dict[str, Any] = {
        "language": "en",
        "exercise": "digits",
        "title": "Handwritten digits",
        "submission": SubmissionInfo(name="submission.py", sha256="ab" * 32),
        "status": Status.NOT_GRADED if undecided else Status.PASSED,
        "points": sum(c.points for c in criteria),
        "max_points": sum(c.max_points for c in criteria),
        "certified": True,
        "certification": (),
        "notices": (),
        "isolation": Isolation(mode="walls"),
        "versions": Versions(
            python="3.11", tensorflow="2.21", keras="3.13", numpy="2", scikit_learn="1", grader="0.1", rubric="0"
        ),
        "seeds": (0,),
        "resources": Resources(wall_seconds=1.0, cpu_seconds=1.0, peak_mib=1.0),
        "criteria": criteria,
    }
    return Verdict(**{**known, **changes})


def entry(student: str = "anna", **changes: Any) -> GradebookEntry:
    """Return the entry of a student who has everything right."""
    known: dict[str, Any] = {
        "name": student.title(),
        "file": f"{student}.py",
        "submitted": HANDED_IN,
        "verdict": verdict(),
    }
    return GradebookEntry(**{"student": student, **known, **changes})


def ungraded(student: str = "bela", **changes: Any) -> GradebookEntry:
    """Return the entry of a student whose file could not be read."""
    return entry(student, **{"verdict": None, "problem": "The file is empty.", **changes})


def adjustment(points: float, criterion: str | None = None, reason: str = "spoken exam") -> Adjustment:
    """Return an adjustment by a person."""
    return Adjustment(criterion=criterion, points=points, reason=reason, by="Prof. Weiss", at=ADJUSTED)


def telling(student: str, name: str, email: str, platform_id: str, file: str) -> GradebookEntry:
    """Return an entry that names its student in every text that it has."""
    words = f"{name} <{email}> no. {platform_id} ({student}) in {file}, that is {file.rsplit('/', 1)[-1]}."
    place = Location(file=file.rsplit("/", 1)[-1], line=3, source=f"# {words}")
    hints = (Hint(id="hint", severity="tip", text=words),)
    found = criterion("softmax", 1.0, message=words, hints=hints, expected=words, received=words, location=place)
    return entry(
        student,
        name=name,
        email=email,
        platform_id=platform_id,
        file=file,
        report=f"reports/{student}.html",
        problem=words,
        adjustments=(adjustment(1.0, "softmax", words),),
        verdict=verdict(
            found,
            submission=SubmissionInfo(name=file.rsplit("/", 1)[-1], sha256="cd" * 32),
            notices=(Notice(id="crash", severity="error", text=words, location=place),),
            certification=(CertificationItem(id="head", agrees=False, text=words),),
        ),
    )
