"""Print what the commands for a class have to say, so that no stranger's text steers the terminal."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text as Words

from grader.classroom.adjustments import Decision
from grader.classroom.batch import VerdictOrigin
from grader.classroom.exports.formats import Exported
from grader.classroom.feedback.records import FeedbackZip, Platform
from grader.classroom.intake import Intake
from grader.classroom.mark_changes import CriterionChange, MarkChange
from grader.classroom.rejudge import RerunReason
from grader.core.errors import UserError
from grader.core.i18n import Message, Translator, _
from grader.core.sanitize import clip, one_line, visible
from grader.protocol.course_gradebook import CourseGradebook
from grader.protocol.gradebook import GradebookEntry, RuleKind
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

    def print_erasure_finished(self) -> None:
        """Print that an interrupted deletion went on to its end."""
        self._print(_("A deletion that was interrupted is finished now."))

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
        """Print where the verdicts of the submissions are from, and how many students have which status."""
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
                Words(self._format_graded(change.before, change.status_before, change.grade_before)),
                Words(self._format_graded(change.after, change.status_after, change.grade_after)),
                Words(", ".join(self._list_causes(change))),
            )
        self.console.print(table)

    def print_mark(self, name: str, entry: GradebookEntry) -> None:
        """Print what mark a student has now."""
        mark = self._format_mark(entry.mark, entry.status)
        self._print(_("The mark of {name} is now: {mark}", name=to_terminal_line(name), mark=mark))

    def print_decisions(self, decisions: Sequence[Decision], entry: GradebookEntry) -> None:
        """Print what was set and what was added."""
        criteria = {c.id: c for c in entry.verdict.criteria} if entry.verdict is not None else {}
        for decision in decisions:
            points = self._numbers.points(decision.points)
            if decision.criterion is None:
                signed = points if decision.points < 0 else f"+{points}"
                self._print(_("Added to the sum: {points} points.", points=signed))
                continue
            criterion = criteria[decision.criterion]
            self._print(
                _(
                    "Set: {criterion} gives {points} of {most} points (graded: {before}).",
                    criterion=to_terminal_line(decision.criterion),
                    points=points,
                    most=self._numbers.points(criterion.max_points),
                    before=self._numbers.points(criterion.points),
                )
            )

    def print_report_outdated(self) -> None:
        """Print that a report does not show the adjusted mark yet."""
        self._print(_("The rubric has changed since; the report shows the new mark after: grader rescore DIR"))

    def print_requests(self, new: int, total: int, problems: Sequence[Message]) -> None:
        """Print how many regrade requests a file holds, and which of its rows are none."""
        self._print(_("{total} regrade requests, {new} of them new.", total=total, new=new))
        for problem in problems:
            self._print(problem)

    def print_other_desks(self, others: int) -> None:
        """Print that somebody else reviews the same class."""
        self._print(
            _(
                "Other desks are open on this class: {others}. You can work side by side: nobody overwrites what "
                "somebody else decided.",
                others=others,
            )
        )

    def print_writing_reports(self, count: int) -> None:
        """Print that the reports of those about whom something was decided are written anew."""
        self._print(_("Writing the reports with what was decided: {count}", count=count))

    def print_old_reports(self, count: int) -> None:
        """Print that some reports do not show yet what people decided."""
        self._print(
            _(
                "{count} reports are older than what was decided by hand, and do not show it. Write them first: "
                "grader rescore DIR",
                count=count,
            )
        )

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

    def print_feedback(self, packed: FeedbackZip, platform: Platform, target: Path) -> None:
        """Print where the reports are, and whom they do not reach and why."""
        self._print(_("Reports of {count} students: {file}", count=packed.count, file=str(target)))
        name = platform.own_name
        for names, sentence in (
            (packed.without_report, _("Without a report, because they could not be graded:")),
            (
                packed.without_place,
                _("Not in it, because {platform} could not tell whose report it is:", platform=name),
            ),
            (
                packed.sharing_a_place,
                _("Not in it, because several of them have one number on {platform}:", platform=name),
            ),
            (packed.without_hand_in, _("In the download, but not graded: grade it first, or they get no report:")),
            (
                packed.handed_in_again,
                _("Handed in again: the file in the download is another one than the one that was graded:"),
            ),
        ):
            if names:
                self._print(sentence)
                self._print_list(map(to_terminal_line, names))
        for problem in packed.problems:
            self._print(problem)

    def print_watch_begins(self, folder: Path) -> None:
        """Print that a folder is watched now."""
        self._print(_("Watching {folder}. Each complete file is graded. Ctrl-C ends.", folder=str(folder)))

    def print_watch_ends(self, dashboard: Path) -> None:
        """Print that the watch has ended, and where everything is."""
        self._print(
            _("No longer watching; everything that was graded is kept. Dashboard: {file}", file=str(dashboard))
        )

    def print_turn(self, written: int, total: int) -> None:
        """Print how many reports were put beside their files just now."""
        self._print(_("{total} hand-ins; new beside their files: {written}.", total=total, written=written))

    def print_conflicts(self, files: Sequence[str]) -> None:
        """Print which files are copies that a drive made of two versions."""
        self._print_files(
            files, _("Two versions that the drive could not merge; say which counts by removing or renaming one:")
        )

    def print_gone_files(self, files: Sequence[str]) -> None:
        """Print which files are no longer there."""
        self._print_files(files, _("No longer in the folder, or renamed; their results are kept:"))

    def print_empty_files(self, files: Sequence[str]) -> None:
        """Print which files are empty so far."""
        self._print_files(files, _("Empty so far, so they are waited for:"))

    def print_folder_missing(self, error: UserError) -> None:
        """Print why a watched folder cannot be read now."""
        self._print_line(self._translate(error.text))
        self._print(_("It is waited for."))

    def print_report_not_put(self, file: str, error: Exception) -> None:
        """Print that a report could not be put beside its file."""
        reason = self._translate(error.text) if isinstance(error, UserError) else str(error)
        self._print(
            _("No report beside {file}: {reason}", file=to_terminal_line(file), reason=to_terminal_line(reason))
        )

    def _print_files(self, files: Sequence[str], sentence: Message) -> None:
        if files:
            self._print(sentence)
            self._print_list(map(to_terminal_line, files))

    def print_no_course(self, course: str) -> None:
        """Print that no rules are applied because the course is not there."""
        self._print(_("The course folder {folder} is not there, so no policy.toml is applied.", folder=course))

    def print_unknown_extensions(self, students: Sequence[str]) -> None:
        """Print who has an extension, but no hand-in."""
        if students:
            self._print(_("With an extension, but without a hand-in here (is the key spelled so?):"))
            self._print_list(map(to_terminal_line, students))

    def print_unknown_times(self, entries: Sequence[GradebookEntry]) -> None:
        """Print of whom nobody knows whether they were late."""
        unknown = [e.name for e in entries if any(rule.rule is RuleKind.UNKNOWN_TIME for rule in e.rules)]
        if unknown:
            self._print(_("When they handed in is not known, so nothing was taken for lateness:"))
            self._print_list(map(to_terminal_line, unknown))

    def print_course_gradebook(self, gradebook: CourseGradebook, files: Sequence[Path]) -> None:
        """Print where the page and the tables are, and who is in only one of roster and results."""
        count, exercises = len(gradebook.students), len(gradebook.exercises)
        self._print(_("Students: {count}. Exercises: {exercises}.", count=count, exercises=exercises))
        for sentence, lines in (
            (
                _("Not in the roster, or not one student alone; their marks are in no row:"),
                [f"{one.name} ({one.key}), {one.exercise}" for one in gradebook.unmatched],
            ),
            (_("In the roster, but nothing was handed in:"), list(gradebook.without_hand_in)),
        ):
            if lines:
                self._print(sentence)
                self._print_list(map(to_terminal_line, lines))
        for file in files:
            self._print_line(str(file))

    def print_similarity(self, similarity: Similarity, file: Path) -> None:
        """Print how many groups of similar submissions there are, and where the page is."""
        groups = len(similarity.groups)
        self._print(
            _("Groups of submissions that are alike: {groups}. Page: {file}", groups=groups, file=str(file))
        )

    def _format_mark(self, points: float | None, status: Status) -> str:
        return self._translate(symbols.STATUS[status].word) if points is None else self._numbers.points(points)

    def _format_graded(self, points: float | None, status: Status, grade: str) -> str:
        mark = self._format_mark(points, status)
        return f"{mark} ({to_terminal_line(grade)})" if grade else mark

    def _list_causes(self, change: MarkChange) -> list[str]:
        rules = [self._translate(_("the rules of the course"))] if change.is_by_rules else []
        return [*map(self._format_criterion, change.criteria), *rules]

    def _format_criterion(self, change: CriterionChange) -> str:
        is_same = change.before == change.after
        before = self._format_outcome(change.before, change.status_before, name_status=is_same)
        after = self._format_outcome(change.after, change.status_after, name_status=is_same)
        return f"{change.id} {before} → {after}"

    def _format_outcome(self, points: float | None, status: Status | None, *, name_status: bool) -> str:
        """Return the points of a criterion, or its status where the points say nothing."""
        if points is None or status is None:
            return "–"
        if name_status or status is Status.NOT_GRADED:
            return self._translate(symbols.STATUS[status].word)
        return self._numbers.points(points)

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
