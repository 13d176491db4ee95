"""What a person decided against the verdict, in words."""

from grader.core.i18n import Translator, _
from grader.core.sanitize import clip, one_line, visible
from grader.protocol.gradebook import Adjustment
from grader.protocol.verdict import Verdict
from reports.common.numbers import Numbers

LONGEST_NAME = 80


def label(text: str) -> str:
    """Return a name for one line: nothing invisible in it, and not too long."""
    return clip(one_line(visible(text)).strip(), LONGEST_NAME)


def decided(verdict: Verdict | None, adjustment: Adjustment, say: Translator, number: Numbers) -> str:
    """Return what an adjustment does, in one sentence."""
    points = number.points(adjustment.points)
    if adjustment.criterion is None:
        signed = points if adjustment.points < 0 else f"+{points}"
        return say(_("{points} points to the sum", points=signed))
    for criterion in verdict.criteria if verdict is not None else ():
        if criterion.id == adjustment.criterion:
            return say(
                _(
                    "{criterion}: {points} points instead of {before}",
                    criterion=label(criterion.title),
                    points=points,
                    before=number.points(criterion.points),
                )
            )
    return say(_("{criterion}: {points} points", criterion=label(adjustment.criterion), points=points))
