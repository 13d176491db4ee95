"""Render a verdict for Moodle's VPL: lines that begin `Comment :=>>`, and one that begins `Grade :=>>`.

VPL takes the last line that begins with its mark for a grade, so a text of a submission must never begin a line.
Of a comment, a `-` at the beginning makes a title, and a `>` a block of code.
Source: `vpl_submission.class.php` of VPL, `proposedgrade` and `result_to_html`.
"""

from collections.abc import Iterator

from grader.core.i18n import Translator, _
from grader.core.sanitize import clip, one_line, sanitize_record, visible
from grader.protocol.verdict import CriterionVerdict, Status, Verdict
from reports.common import symbols
from reports.common.numbers import Numbers
from reports.common.places import describe_place

COMMENT, GRADE = "Comment :=>>", "Grade :=>>"
_LONGEST = 2000  # characters of a sentence


def render_results(verdict: Verdict) -> str:
    """Return what VPL reads: a title and sentences for each criterion, then the points.

    Raises `ValueError` for a verdict that is not graded: it has no points, and none must be made up.
    """
    if verdict.status is Status.NOT_GRADED:
        raise ValueError("what is not graded has no grade")
    return _join([*_describe(sanitize_record(verdict, _LONGEST)), f"{GRADE} {verdict.points:.10g}"])


def render_refusal(sentence: str) -> str:
    """Return what VPL reads where the student handed in nothing that can be graded: no points, and why."""
    return _join([_title(sentence), f"{GRADE} 0"])


def render_without_mark(sentence: str, verdict: Verdict | None = None) -> str:
    """Return what VPL reads where there is no mark: the reason, and what was found, but no grade."""
    criteria = _describe(sanitize_record(verdict, _LONGEST)) if verdict is not None else ()
    return _join([_title(sentence), *criteria])


def _describe(verdict: Verdict) -> Iterator[str]:
    translate, points = Translator(verdict.language), Numbers(verdict.language).points
    for notice in verdict.notices:
        yield _title(f"{translate(symbols.SEVERITY[notice.severity].word)}: {notice.text}")
    for criterion in verdict.criteria:
        of = translate(
            _("{points} of {max_points}", points=points(criterion.points), max_points=points(criterion.max_points))
        )
        yield _title(f"{criterion.title}: {translate(symbols.STATUS[criterion.status].word)}, {of}")
        yield from map(_text, _sentences(criterion, translate))


def _sentences(criterion: CriterionVerdict, translate: Translator) -> Iterator[str]:
    yield criterion.message
    for label, value in ((_("Expected"), criterion.expected), (_("Received"), criterion.received)):
        if value is not None:
            yield f"{translate(label)}: {value}"
    if criterion.location is not None:
        yield f"{translate(describe_place(criterion.location))}: {criterion.location.source.strip()}"
    yield from (f"{translate(symbols.SEVERITY[hint.severity].word)}: {hint.text}" for hint in criterion.hints)


def _title(text: str) -> str:
    return f"{COMMENT}-{_line(text)}"


def _text(text: str) -> str:
    return f"{COMMENT} · {_line(text)}"


def _line(text: str) -> str:
    return one_line(clip(visible(text), _LONGEST)).strip()


def _join(lines: list[str]) -> str:
    return "\n" + "\n".join(lines) + "\n"
