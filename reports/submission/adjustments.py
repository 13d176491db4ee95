"""Describe in words how a person adjusted the mark of a verdict."""

from grader.core.i18n import Translator, _
from grader.core.sanitize import clip, one_line, visible
from grader.protocol.gradebook import Adjustment
from grader.protocol.verdict import Status, Verdict
from reports.common.numbers import Numbers

MAX_NAME_LENGTH = 80


def shorten_name(text: str) -> str:
    """Return a name that fits on one line: without line breaks and invisible characters, and not too long."""
    return clip(one_line(visible(text)).strip(), MAX_NAME_LENGTH)


def describe_adjustment(
    verdict: Verdict | None, adjustment: Adjustment, translate: Translator, number: Numbers
) -> str:
    """Return in one sentence what an adjustment changes."""
    points = number.points(adjustment.points)
    if adjustment.criterion is None:
        signed = points if adjustment.points < 0 else f"+{points}"
        return translate(_("{points} points to the sum", points=signed))
    for criterion in verdict.criteria if verdict is not None else ():
        if criterion.id == adjustment.criterion and criterion.status is Status.NOT_GRADED:
            return translate(
                _(
                    "{criterion}: {points} of {most} points",
                    criterion=shorten_name(criterion.title),
                    points=points,
                    most=number.points(criterion.max_points),
                )
            )
        if criterion.id == adjustment.criterion:
            return translate(
                _(
                    "{criterion}: {points} points instead of {before}",
                    criterion=shorten_name(criterion.title),
                    points=points,
                    before=number.points(criterion.points),
                )
            )
    criterion_id = shorten_name(adjustment.criterion)
    return translate(_("{criterion}: {points} points", criterion=criterion_id, points=points))
