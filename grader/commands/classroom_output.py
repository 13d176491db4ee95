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
from grader.classroom.mark_changes import Change, CriterionChange
from grader.classroom.rejudge import Again
from grader.core.i18n import T, Text, Translator
from grader.core.sanitize import clip, one_line, visible
from grader.protocol.gradebook import Entry
from grader.protocol.verdict import Status
from reports.common.numbers import Numbers

if TYPE_CHECKING:
    from grader.classroom.batch import Task

MOST_LINES = 40
LONGEST = 160  # characters of a name on a terminal

STATUSES: dict[Status, Text] = {
    Status.PASSED: T("passed"),
    Status.PARTIAL: T("partly passed"),
    Status.FAILED: T("failed"),
    Status.SKIPPED: T("skipped"),
    Status.NOT_ATTEMPTED: T("not attempted"),
    Status.NOT_GRADED: T("not graded"),
}
WAYS: dict[Way, Callable[[int], Text]] = {
    Way.RUN: lambda count: T("{count} run", count=count),
    Way.JUDGED: lambda count: T("{count} judged from kept evidence", count=count),
    Way.UNCHANGED: lambda count: T("{count} unchanged", count=count),
    Way.UNREADABLE: lambda count: T("{count} without a file that can be graded", count=count),
    Way.FAULT: lambda count: T("{count} stopped by a fault of the grader", count=count),
}
REASONS: dict[Again, Text] = {
    Again.PLAN: T("the rubric now asks for other things"),
    Again.LOST: T("there is no evidence of it"),
    Again.REPLAY: T("a check wants to know more about the network; nothing is trained"),
    Again.SEEDS: T("in doubt now: more seeds have to be trained"),
}


def shown(name: str) -> str:
    """Return a stranger's text as one line that is safe on a terminal."""
    return clip(one_line(visible(name)), LONGEST)


def print_intake(intake: Intake, say: Translator, console: Console, *, anonymous: bool = False) -> None:
    """Say what was recognised, and what was left out and why. Names of files are names of students."""
    found = T("{layout}: {count} hand-ins.", layout=intake.layout.text, count=len(intake.hand_ins))
    _line(console, say(found))
    if anonymous and intake.left_out:
        left_out = T(
            "Left out: {count} (not named here, for file names name students).", count=len(intake.left_out)
        )
        _line(console, say(left_out))
        return
    _lines(console, [f"  {shown(out.where)}: {say(out.why)}" for out in intake.left_out], say)


def print_tally(ways: Mapping[Way, int], entries: Sequence[Entry], say: Translator, console: Console) -> None:
    """Say how many came to their verdict in which way, and how the class stands."""
    did = [say(sentence(ways[way])) for way, sentence in WAYS.items() if ways.get(way)]
    _line(console, ", ".join(did) + "." if did else say(T("There was nothing to do.")))
    stand = Counter(entry.status for entry in entries)
    table = Table(box=None, show_header=False, pad_edge=False)
    for status, sentence in STATUSES.items():
        if stand[status]:
            table.add_row(Words(say(sentence)), Words(str(stand[status]), justify="right"))
    console.print(table)


def print_faults(faults: Mapping[str, str], say: Translator, console: Console) -> None:
    """Print what went wrong with the grader, each fault once."""
    for error in dict.fromkeys(faults.values()):
        _line(console, say(T("A fault of the grader; please report it: {error}", error=error)))


def print_again(again: "Mapping[Again, Mapping[str, Task]]", say: Translator, console: Console) -> None:
    """Say what has to be run again, and why."""
    for why, tasks in again.items():
        names = sorted(owner.name for task in tasks.values() for owner in task.owners)
        sentence = T("{count} have to be run again: {reason}.", count=len(names), reason=REASONS[why])
        _line(console, say(sentence))
        _lines(console, [f"  {shown(name)}" for name in names], say)


def print_changes(changed: Sequence[Change], judged: int, say: Translator, console: Console) -> None:
    """Print whose mark changed, from what to what and by which criterion."""
    _line(console, say(T("{judged} judged again, {changed} changed.", judged=judged, changed=len(changed))))
    if not changed:
        return
    numbers = Numbers(say.language)
    table = Table(box=None, pad_edge=False)
    for title, justify in ((T("Student"), "left"), (T("before"), "right"), (T("now"), "right"), (T("by"), "left")):
        table.add_column(say(title), justify=justify, overflow="fold")  # type: ignore[arg-type]
    for change in changed:
        table.add_row(
            Words(shown(change.name)),
            Words(_mark(change.before, change.status_before, say, numbers)),
            Words(_mark(change.after, change.status_after, say, numbers)),
            Words(", ".join(_criterion(c, numbers) for c in change.criteria)),
        )
    console.print(table)


def print_adjusted(name: str, entry: Entry, say: Translator, console: Console) -> None:
    """Say what mark a student has now."""
    mark = _mark(entry.mark, entry.status, say, Numbers(say.language))
    _line(console, say(T("The mark of {name} is now: {mark}", name=shown(name), mark=mark)))


def print_export(made: Exported, target: Path, say: Translator, console: Console) -> None:
    """Say where the marks are, and whose are not in there as they should be."""
    _line(console, say(T("Marks: {file}", file=str(target))))
    for names, sentence in (
        (made.without_row, T("Their mark goes nowhere, for the platform does not know them:")),
        (made.without_hand_in, T("In the roster, but nothing was handed in; left as they were:")),
        (made.without_mark, T("Without a mark, because they could not be graded:")),
    ):
        if names:
            _line(console, say(sentence))
            _lines(console, [f"  {shown(name)}" for name in names], say)


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
        _line(console, "  " + say(T("and {count} more", count=len(lines) - MOST_LINES)))
