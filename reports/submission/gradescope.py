"""Render a verdict as Gradescope's `render_results.json`.

The format: https://gradescope-autograders.readthedocs.io/en/latest/specs/. All text is marked as plain text, so
that Gradescope renders no HTML and no Markdown of a submission.
"""

from typing import Any

import msgspec

from grader.core.i18n import Translator, _
from grader.core.sanitize import clip, one_line, sanitize_record, visible
from grader.protocol.verdict import CriterionVerdict, Location, Status, Verdict
from reports.common import symbols
from reports.common.numbers import Numbers
from reports.common.places import describe_place
from reports.submission import highlights

_LONGEST = 2000  # characters of a sentence
_TEXT = "text"
VISIBLE = "visible"


def render_results(verdict: Verdict, visibility: str) -> str:
    """Return the results of a submission: one test per criterion, its points as they are, bonus included.

    Raises `ValueError` for a verdict that is not graded: it has no points, and none must be made up. Without a
    `render_results.json` Gradescope says that the autograder failed, which is what happened.
    """
    if verdict.status is Status.NOT_GRADED:
        raise ValueError("what is not graded has no results")
    verdict = sanitize_record(verdict, _LONGEST)
    numbered = enumerate(verdict.criteria, start=1)
    return _encode(
        score=verdict.points,
        output=_visible_summary(verdict) if visibility == VISIBLE else _hidden_summary(verdict),
        visibility=visibility,
        execution_time=round(verdict.resources.wall_seconds),
        tests=[_test_case(number, criterion, verdict.language) for number, criterion in numbered],
        extra_data=make_extra_data(verdict),
    )


def render_refusal(sentence: str, language: str, visibility: str) -> str:
    """Return the results where the student handed in nothing that can be graded: no points, and why."""
    translate = Translator(language)
    text = clip(visible(sentence), _LONGEST)
    test = {
        "name": translate(_("What was handed in")),
        "status": "failed",
        "output": text,
        "output_format": _TEXT,
        # Whoever does not see it hands in the same again.
        "visibility": VISIBLE,
    }
    nothing = translate(_("Nothing could be graded. {why}", why=text))
    return _encode(score=0.0, output=nothing, visibility=visibility, tests=[test], extra_data={})


def make_extra_data(verdict: Verdict) -> dict[str, Any]:
    """Return what instructors see besides: versions, certification, and which walls were missing."""
    return {
        "sha256": verdict.submission.sha256,
        "status": str(verdict.status),
        "certified": verdict.certified,
        "not_certified_because": [item.text for item in highlights.find_disagreements(verdict)],
        "missing_walls": [f"{wall.id}: {wall.detail}" for wall in highlights.find_missing_walls(verdict)],
        "versions": msgspec.to_builtins(verdict.versions),
    }


def _encode(**fields: Any) -> str:
    formats = {"output_format": _TEXT, "test_output_format": _TEXT, "test_name_format": _TEXT}
    # What the grader prints is for instructors: it names walls and versions.
    return (
        msgspec.json.format(msgspec.json.encode(fields | formats | {"stdout_visibility": "hidden"})).decode()
        + "\n"
    )


def _test_case(number: int, criterion: CriterionVerdict, language: str) -> dict[str, Any]:
    return {
        "number": str(number),
        "name": one_line(criterion.title),
        "score": criterion.points,
        "max_score": criterion.max_points,
        # Gradescope knows two words. Without ours, all points but one would count as failed, and bonus as nothing.
        "status": "passed" if criterion.status is Status.PASSED else "failed",
        "output": _explanation(criterion, language),
        "output_format": _TEXT,
        "tags": [criterion.id],
        "extra_data": {"status": str(criterion.status)},
    }


def _hidden_summary(verdict: Verdict) -> str:
    """Return the text above the tests while these are hidden. It is always shown, so it names no points."""
    translate = Translator(verdict.language)
    return translate(_("{file} was graded.", file=one_line(verdict.submission.name)))


def _visible_summary(verdict: Verdict) -> str:
    translate, points = Translator(verdict.language), Numbers(verdict.language).points
    mark = _(
        "{points} of {max_points} points", points=points(verdict.points), max_points=points(verdict.max_points)
    )
    parts = [
        f"{one_line(verdict.submission.name)}: {translate(mark)}.",
        translate(symbols.choose_sentence(verdict)),
    ]
    for notice in verdict.notices:
        parts.append(f"{translate(symbols.SEVERITY[notice.severity].word)}: {notice.text}")
        parts += _place(notice.location, translate)
    return "\n\n".join(parts)


def _explanation(criterion: CriterionVerdict, language: str) -> str:
    translate = Translator(language)
    parts = [f"{translate(symbols.STATUS[criterion.status].word)}: {criterion.message}"]
    for label, value in ((_("Expected"), criterion.expected), (_("Received"), criterion.received)):
        if value is not None:
            parts.append(f"{translate(label)}: {value}")
    parts += _place(criterion.location, translate)
    parts += [f"{translate(symbols.SEVERITY[hint.severity].word)}: {hint.text}" for hint in criterion.hints]
    return "\n\n".join(parts)


def _place(place: Location | None, translate: Translator) -> list[str]:
    if place is None:
        return []
    return [f"{translate(describe_place(place))}\n    {place.source.strip()}".rstrip()]
