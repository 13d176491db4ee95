"""Answers as `grader ci` gives them, made of the sample verdicts."""

from typing import Any

import msgspec
from hypothesis import strategies as st

from grader.protocol.change_result import ChangeResult, Note, SubmissionOutcome
from grader.protocol.verdict import CriterionVerdict, Curve, Hint, Location, Notice, Status, Verdict
from tests.reports import samples

HEAD = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b"
BASE = "3f2a9c1b7a9e4d28c6b1f0a39e87d2c45b6a7f80"

UNREADABLE = SubmissionOutcome(
    path="submissions/digits/bob.ipynb", exercise="digits", problem="bob.ipynb is no notebook."
)
FAULT = SubmissionOutcome(
    path="submissions/digits/eve.py", exercise="digits", fault="The examiner ended with signal 9."
)
ERROR = Note(severity="error", text="Move it to digits/submission.py.", path="submission.py")
WARNING = Note(severity="warning", text="The rubric of the base was used.", path="exercises/digits/rubric.py")


def outcome(kind: str, language: str = "en", **changes: Any) -> SubmissionOutcome:
    """Return the outcome of one of the sample verdicts: good, mixed, broken or hostile."""
    verdict, shown = getattr(samples, kind)(language)
    fields: dict[str, Any] = {
        "path": f"submissions/digits/{verdict.submission.name}",
        "exercise": "digits",
        "verdict": verdict,
        "curves": shown.curves,
        "report": "1-digits.html",
    }
    fields.update(changes)
    return SubmissionOutcome(**fields)


def answer(*outcomes: SubmissionOutcome, language: str = "en", **changes: Any) -> ChangeResult:
    """Return the answer to a change."""
    fields = {"language": language, "base": BASE, "head": HEAD, "course": "base", "outcomes": outcomes}
    return ChangeResult(**(fields | changes))


def with_criteria(status: Status, *criteria: CriterionVerdict, **changes: Any) -> SubmissionOutcome:
    """Return an outcome with these criteria, of the kind `criterion` makes."""
    verdict = msgspec.structs.replace(
        samples.good()[0],
        criteria=criteria,
        status=status,
        points=sum(c.points for c in criteria),
        max_points=sum(c.max_points for c in criteria),
        notices=(),
    )
    fields: dict[str, Any] = {"path": "digits/submission.py", "exercise": "digits", "verdict": verdict}
    fields.update(changes)
    return SubmissionOutcome(**fields)


def criterion(status: Status, name: str = "scale", **changes: Any) -> CriterionVerdict:
    """Return one criterion of four points."""
    points = {Status.PASSED: 4.0, Status.PARTIAL: 2.0}.get(status, 0.0)
    fields: dict[str, Any] = {
        "title": name.title(),
        "lesson": "",
        "message": f"It is {status}.",
        "max_points": 4.0,
    }
    fields.update(changes)
    return CriterionVerdict(id=name, status=status, points=points, **fields)


def strangers(text: st.SearchStrategy[str]) -> st.SearchStrategy[ChangeResult]:
    """Return answers in which every string that could be a student's comes from `text`."""
    places = st.none() | st.builds(
        Location, file=text, line=st.integers(-1, 10**9), cell=st.none() | st.integers(0, 99), source=text
    )
    severities = st.sampled_from(["error", "warning", "tip"])
    hints = st.lists(st.builds(Hint, id=text, severity=severities, text=text), max_size=2).map(tuple)
    notices = st.lists(st.builds(Notice, id=text, severity=severities, text=text, location=places), max_size=2)
    criteria = st.builds(
        CriterionVerdict,
        **dict.fromkeys(("id", "title", "lesson", "message"), text),
        **dict.fromkeys(("expected", "received"), st.none() | text),
        status=st.sampled_from(Status),
        points=st.sampled_from([0.0, 1.5, 4.0]),
        max_points=st.just(4.0),
        bonus=st.just(0.0),
        hints=hints,
        location=places,
    )
    verdicts = st.builds(
        _verdict,
        title=text,
        status=st.sampled_from(Status),
        criteria=st.lists(criteria, max_size=3).map(tuple),
        notices=notices.map(tuple),
    )
    values = st.lists(st.none() | st.floats(allow_nan=False), max_size=4).map(tuple)
    curves = st.lists(st.builds(Curve, name=text, series=st.dictionaries(text, values, max_size=2)), max_size=2)
    graded = st.builds(
        SubmissionOutcome,
        path=text,
        exercise=text,
        verdict=verdicts,
        curves=curves.map(tuple),
        report=text,
        problem=st.just(""),
    )
    said = text.map(lambda one: one or "?")
    told = st.builds(SubmissionOutcome, path=text, exercise=text, problem=said) | st.builds(
        SubmissionOutcome, path=text, exercise=text, fault=said
    )
    return st.builds(
        ChangeResult,
        language=st.sampled_from(["en", "de"]),
        base=text | st.just(BASE),
        head=text | st.just(HEAD),
        pass_mark=st.none() | st.sampled_from([0.0, 60.0, 100.0]),
        outcomes=st.lists(graded | told, max_size=2).map(tuple),
        notes=st.lists(st.builds(Note, severity=severities, text=text, path=text), max_size=2).map(tuple),
    )


def _verdict(title: str, status: Status, criteria: tuple[CriterionVerdict, ...], notices: Any) -> Verdict:
    return msgspec.structs.replace(
        samples.good()[0],
        title=title,
        status=status,
        criteria=criteria,
        notices=notices,
        points=sum(c.points for c in criteria),
        max_points=sum(c.max_points for c in criteria),
    )
