"""Describe for a terminal how a verdict differs from the one before it."""

from rich.console import Console

from grader.core.i18n import Message, Translator, _
from grader.core.sanitize import one_line, sanitize_record
from grader.protocol.verdict import CriterionVerdict, Status, Verdict
from reports.common import symbols
from reports.common.numbers import Numbers
from reports.submission.terminal import printable


def describe_changes(before: Verdict, after: Verdict) -> tuple[tuple[Message, str], ...]:
    """Return a sentence and a Rich style for each criterion that changed, in the order of `after`.

    Those that are passed now, or no longer, come first: that is what a student wants to know.
    """
    earlier = {criterion.id: criterion for criterion in before.criteria}
    pairs = [(earlier[c.id], c) for c in after.criteria if c.id in earlier]
    crossed = [pair for pair in pairs if (pair[0].status is Status.PASSED) != (pair[1].status is Status.PASSED)]
    others = [pair for pair in pairs if pair not in crossed and _result(pair[0]) != _result(pair[1])]
    numbers = Numbers(after.language)
    return tuple(_describe_change(old, new, numbers) for old, new in (*crossed, *others))


def _result(criterion: CriterionVerdict) -> tuple[Status, float]:
    return criterion.status, criterion.points


def _describe_change(old: CriterionVerdict, new: CriterionVerdict, numbers: Numbers) -> tuple[Message, str]:
    title = one_line(new.title)
    if old.status is not Status.PASSED and new.status is Status.PASSED:
        return _("now passed: {title}", title=title), "green"
    if old.status is Status.PASSED and new.status is not Status.PASSED:
        return _("no longer passed: {title}", title=title), "red"
    if old.status is new.status:
        points = _(
            "{after} points, was {before}: {title}",
            before=numbers.points(old.points),
            after=numbers.points(new.points),
            title=title,
        )
        return points, "yellow"
    words = symbols.STATUS[old.status].word, symbols.STATUS[new.status].word
    return _("{after}, was {before}: {title}", before=words[0], after=words[1], title=title), "yellow"


def render(before: Verdict, after: Verdict, console: Console) -> None:
    """Print what changed, or that nothing did."""
    translate = Translator(after.language)
    changes = describe_changes(sanitize_record(before), sanitize_record(after))
    for sentence, style in changes or ((_("No criterion changed."), "dim"),):
        console.print(printable(translate(sentence), console, style))
