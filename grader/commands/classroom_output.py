"""What the commands for a class print: what was found, how it went, whose mark changed."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text as Words

from grader.classroom.batch import Way
from grader.classroom.exports.formats import Exported
from grader.classroom.intake import Intake
from grader.classroom.mark_changes import CriterionChange, MarkChange
from grader.classroom.rejudge import Again
from grader.core.i18n import Message, Translator, _
from grader.core.sanitize import clip, one_line, visible
from grader.protocol.gradebook import GradebookEntry
from grader.protocol.verdict import Status
from reports.common import symbols
from reports.common.numbers import Numbers

if TYPE_CHECKING:
    from grader.classroom.batch import GradingJob

MOST_LINES = 40
LONGEST = 160  # characters of a name on a terminal

STATUSES: dict[Status, Message] = {status: symbol.word for status, symbol in symbols.STATUS.items()}
WAYS: dict[Way, Callable[[int], Message]] = {
    Way.RUN: lambda count: _("{count} run", count=count),
    Way.JUDGED: lambda count: _("{count} judged from kept evidence", count=count),
    Way.UNCHANGED: lambda count: _("{count} unchanged", count=count),
    Way.UNREADABLE: lambda count: _("{count} without a file that can be graded", count=count),
    Way.FAULT: lambda count: _("{count} stopped by a fault of the grader", count=count),
}
REASONS: dict[Again, Message] = {
    Again.PLAN: _("the rubric now asks for other things"),
    Again.LOST: _("there is no evidence of it"),
    Again.REPLAY: _("a check wants to know more about the network; nothing is trained"),
    Again.SEEDS: _("in doubt now: more seeds have to be trained"),
}


def display_cell(name: str) -> str:
    """Return a stranger's text as one line that is safe on a terminal."""
    return clip(one_line(visible(name)), LONGEST)


def print_intake(intake: Intake, say: Translator, console: Console, *, anonymous: bool = False) -> None:
    """Say what was recognised, and what was left out and why. Names of files are names of students."""
    found = _("{layout}: {count} hand-ins.", layout=intake.layout.text, count=len(intake.hand_ins))
    _line(console, say(found))
    if anonymous and intake.left_out:
        left_out = _(
            "Left out: {count} (not named here, for file names name students).", count=len(intake.left_out)
        )
        _line(console, say(left_out))
        return
    _lines(console, [f"  {display_cell(out.where)}: {say(out.why)}" for out in intake.left_out], say)


def print_tally(
    ways: Mapping[Way, int], entries: Sequence[GradebookEntry], say: Translator, console: Console
) -> None:
    """Say how many came to their verdict in which way, and how the class stands."""
    did = [say(sentence(ways[way])) for way, sentence in WAYS.items() if ways.get(way)]
    _line(console, ", ".join(did) + "." if did else say(_("There was nothing to do.")))
    stand = Counter(entry.status for entry in entries)
    table = Table(box=None, show_header=False, pad_edge=False)
    for status, sentence in STATUSES.items():
        if stand[status]:
            table.add_row(Words(say(sentence)), Words(str(stand[status]), justify="right"))
    console.print(table)


def print_faults(faults: Mapping[str, str], say: Translator, console: Console) -> None:
    """Print what went wrong with the grader, each fault once."""
    for error in dict.fromkeys(faults.values()):
        _line(console, say(_("A fault of the grader; please report it: {error}", error=error)))


def print_again(again: "Mapping[Again, Mapping[str, GradingJob]]", say: Translator, console: Console) -> None:
    """Say what has to be run again, and why."""
    for why, tasks in again.items():
        names = sorted(owner.name for task in tasks.values() for owner in task.owners)
        sentence = _("{count} have to be run again: {reason}.", count=len(names), reason=REASONS[why])
        _line(console, say(sentence))
        _lines(console, [f"  {display_cell(name)}" for name in names], say)


def print_changes(changed: Sequence[MarkChange], judged: int, say: Translator, console: Console) -> None:
    """Print whose mark changed, from what to what and by which criterion."""
    _line(console, say(_("{judged} judged again, {changed} changed.", judged=judged, changed=len(changed))))
    if not changed:
        return
    numbers = Numbers(say.language)
    table = Table(box=None, pad_edge=False)
    for title, justify in ((_("Student"), "left"), (_("before"), "right"), (_("now"), "right"), (_("by"), "left")):
        table.add_column(say(title), justify=justify, overflow="fold")  # type: ignore[arg-type]
    for change in changed:
        table.add_row(
            Words(display_cell(change.name)),
            Words(_mark(change.before, change.status_before, say, numbers)),
            Words(_mark(change.after, change.status_after, say, numbers)),
            Words(", ".join(_criterion(c, numbers) for c in change.criteria)),
        )
    console.print(table)


def print_adjusted(name: str, entry: GradebookEntry, say: Translator, console: Console) -> None:
    """Say what mark a student has now."""
    mark = _mark(entry.mark, entry.status, say, Numbers(say.language))
    _line(console, say(_("The mark of {name} is now: {mark}", name=display_cell(name), mark=mark)))


def print_export(made: Exported, target: Path, say: Translator, console: Console) -> None:
    """Say where the marks are, and whose are not in there as they should be."""
    _line(console, say(_("Marks: {file}", file=str(target))))
    for names, sentence in (
        (made.without_row, _("Their mark goes nowhere, for the platform does not know them:")),
        (made.without_hand_in, _("In the roster, but nothing was handed in; left as they were:")),
        (made.without_mark, _("Without a mark, because they could not be graded:")),
    ):
        if names:
            _line(console, say(sentence))
            _lines(console, [f"  {display_cell(name)}" for name in names], say)


def _mark(points: float | None, status: Status, say: Translator, numbers: Numbers) -> str:
    return say(STATUSES[status]) if points is None else numbers.points(points)


def _criterion(change: CriterionChange, numbers: Numbers) -> str:
    before, after = ("–" if p is None else numbers.points(p) for p in (change.before, change.after))
    return f"{change.id} {before} → {after}"


def _line(console: Console, sentence: str) -> None:
    console.print(sentence, markup=False, highlight=False, soft_wrap=True)


def _lines(console: Console, lines: Sequence[str], say: Translator) -> None:
    """Print lines; of very many the first ones, for the dashboard has all."""
    for line in lines[:MOST_LINES]:
        _line(console, line)
    if len(lines) > MOST_LINES:
        _line(console, "  " + say(_("and {count} more", count=len(lines) - MOST_LINES)))
