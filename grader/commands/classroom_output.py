"""Print what the commands for a class have to say, so that no stranger's text steers the terminal."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text as Words

from grader.classroom.batch import VerdictOrigin
from grader.classroom.exports.formats import Exported
from grader.classroom.intake import Intake
from grader.classroom.mark_changes import CriterionChange, MarkChange
from grader.classroom.rejudge import RerunReason
from grader.core.i18n import Message, Translator, _
from grader.core.sanitize import clip, one_line, visible
from grader.protocol.gradebook import GradebookEntry
from grader.protocol.similarity import Similarity
from grader.protocol.verdict import Status
from reports.common import symbols
from reports.common.numbers import Numbers

if TYPE_CHECKING:
    from grader.classroom.batch import GradingJob

MAX_LINES = 40  # of one list
MAX_NAME = 160  # characters of a name on a terminal

ORIGINS: dict[VerdictOrigin, Callable[[int], Message]] = {
    VerdictOrigin.RUN: lambda count: _("{count} run", count=count),
    VerdictOrigin.JUDGED: lambda count: _("{count} judged from stored evidence", count=count),
    VerdictOrigin.UNCHANGED: lambda count: _("{count} unchanged", count=count),
    VerdictOrigin.UNREADABLE: lambda count: _("{count} without a file that can be graded", count=count),
    VerdictOrigin.FAULT: lambda count: _("{count} stopped by a fault of the grader", count=count),
}
REASONS: dict[RerunReason, Message] = {
    RerunReason.PLAN: _("the rubric now asks for other things"),
    RerunReason.LOST: _("there is no evidence of it"),
    RerunReason.REPLAY: _("a check wants to know more about the network; nothing is trained"),
    RerunReason.SEEDS: _("in doubt now: more seeds have to be trained"),
    RerunReason.STAND_INS: _("functions without a usable network are now tried on one of the grader's"),
}


def to_terminal_line(text: str) -> str:
    """Return a stranger's text as one line that is safe on a terminal."""
    return clip(one_line(visible(text)), MAX_NAME)


class ClassOutput:
    """Prints results on one console and faults on another, in one language."""

    def __init__(
        self, translate: Translator, console: Console | None = None, errors: Console | None = None
    ) -> None:
        """Without consoles, print on the standard streams as they are at each call."""
        self._translate, self._numbers = translate, Numbers(translate.language)
        self._console, self._errors = console, errors

    @property
    def console(self) -> Console:
        """Return the console for results."""
        return self._console or Console()

    def print_intake(self, intake: Intake, *, anonymous: bool = False) -> None:
        """Print which layout was recognised, and what was left out and why. File names contain students' names."""
        self._print(_("{layout}: {count} hand-ins.", layout=intake.layout.text, count=len(intake.hand_ins)))
        if anonymous and intake.left_out:
            self._print(
                _("Left out: {count} (not named here, for file names name students).", count=len(intake.left_out))
            )
            return
        self._print_list(
            [f"{to_terminal_line(left.where)}: {self._translate(left.why)}" for left in intake.left_out]
        )

    def print_batch_summary(self, origins: Mapping[VerdictOrigin, int], entries: Sequence[GradebookEntry]) -> None:
        """Print how the submissions came to their verdicts, and how many students have which status."""
        counts = [
            self._translate(text(origins[origin])) for origin, text in ORIGINS.items() if origins.get(origin)
        ]
        self._print_line(", ".join(counts) + "." if counts else self._translate(_("There was nothing to do.")))
        statuses = Counter(entry.status for entry in entries)
        table = Table(box=None, show_header=False, pad_edge=False)
        for status, symbol in symbols.STATUS.items():
            if statuses[status]:
                table.add_row(Words(self._translate(symbol.word)), Words(str(statuses[status]), justify="right"))
        self.console.print(table)

    def print_faults(self, faults: Mapping[str, str]) -> None:
        """Print what went wrong with the grader, each fault once."""
        for error in dict.fromkeys(faults.values()):
            sentence = self._translate(_("A fault of the grader; please report it: {error}", error=error))
            _print_plain(self._errors or Console(stderr=True), sentence)

    def print_dashboard(self, file: Path) -> None:
        """Print where the dashboard is."""
        self._print(_("Dashboard: {file}", file=str(file)))

    def print_reruns(self, reruns: "Mapping[RerunReason, Mapping[str, GradingJob]]") -> None:
        """Print which submissions have to be run again, by reason."""
        for reason, jobs in reruns.items():
            names = sorted(owner.name for job in jobs.values() for owner in job.owners)
            self._print(_("{count} have to be run again: {reason}.", count=len(names), reason=REASONS[reason]))
            self._print_list(map(to_terminal_line, names))

    def print_not_run(self) -> None:
        """Print that submissions which have to be run again were not."""
        self._print(_("They keep their old verdicts. To run them again: grader rescore DIR --yes"))

    def print_changes(self, changes: Sequence[MarkChange], judged: int) -> None:
        """Print whose mark changed, from what to what and by which criterion."""
        self._print(_("{judged} judged again, {changed} changed.", judged=judged, changed=len(changes)))
        if not changes:
            return
        table = Table(box=None, pad_edge=False)
        table.add_column(self._translate(_("Student")), overflow="fold")
        table.add_column(self._translate(_("before")), justify="right", overflow="fold")
        table.add_column(self._translate(_("now")), justify="right", overflow="fold")
        table.add_column(self._translate(_("by")), overflow="fold")
        for change in changes:
            table.add_row(
                Words(to_terminal_line(change.name)),
                Words(self._format_mark(change.before, change.status_before)),
                Words(self._format_mark(change.after, change.status_after)),
                Words(", ".join(map(self._format_criterion, change.criteria))),
            )
        self.console.print(table)

    def print_mark(self, name: str, entry: GradebookEntry) -> None:
        """Print what mark a student has now."""
        mark = self._format_mark(entry.mark, entry.status)
        self._print(_("The mark of {name} is now: {mark}", name=to_terminal_line(name), mark=mark))

    def print_report_outdated(self) -> None:
        """Print that a report does not show the adjusted mark yet."""
        self._print(_("The rubric has changed since; the report shows the new mark after: grader rescore DIR"))

    def print_export(self, exported: Exported, target: Path) -> None:
        """Print where the marks are, and whose are missing there."""
        self._print(_("Marks: {file}", file=str(target)))
        for names, sentence in (
            (exported.without_row, _("Their marks are not imported, because the platform does not know them:")),
            (exported.without_hand_in, _("In the roster, but nothing was handed in; left as they were:")),
            (exported.without_mark, _("Without a mark, because they could not be graded:")),
        ):
            if names:
                self._print(sentence)
                self._print_list(map(to_terminal_line, names))

    def print_similarity(self, similarity: Similarity, file: Path) -> None:
        """Print how many groups of similar submissions there are, and where the page is."""
        groups = len(similarity.groups)
        self._print(
            _("Groups of submissions that are alike: {groups}. Page: {file}", groups=groups, file=str(file))
        )

    def _format_mark(self, points: float | None, status: Status) -> str:
        return self._translate(symbols.STATUS[status].word) if points is None else self._numbers.points(points)

    def _format_criterion(self, change: CriterionChange) -> str:
        before, after = ("–" if p is None else self._numbers.points(p) for p in (change.before, change.after))
        return f"{change.id} {before} → {after}"

    def _print(self, sentence: Message) -> None:
        self._print_line(self._translate(sentence))

    def _print_line(self, line: str) -> None:
        _print_plain(self.console, line)

    def _print_list(self, lines: Iterable[str]) -> None:
        """Print indented lines; of a long list the first ones, since the dashboard has all."""
        lines = list(lines)
        for line in lines[:MAX_LINES]:
            self._print_line(f"  {line}")
        if len(lines) > MAX_LINES:
            self._print_line("  " + self._translate(_("and {count} more", count=len(lines) - MAX_LINES)))


def _print_plain(console: Console, line: str) -> None:
    console.print(line, markup=False, highlight=False, soft_wrap=True)
