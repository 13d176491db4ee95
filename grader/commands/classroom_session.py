"""What the commands for a class do, from opening the store to the pages and the last line on the terminal."""

import contextlib
import getpass
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from rich.console import Console

from grader.classroom import adjustments
from grader.classroom.batch import Batch, GradingJob
from grader.classroom.exports import export as exported
from grader.classroom.exports.formats import ENDINGS, Format
from grader.classroom.folder import DASHBOARD, SIMILARITY, ClassFolder, open_store, write
from grader.classroom.intake import open_hand_ins
from grader.classroom.mark_changes import changes
from grader.classroom.pages import Publisher
from grader.classroom.rejudge import Kept, desks
from grader.classroom.rescore import Rescoring
from grader.classroom.store import HandInRow, Store
from grader.commands import classroom_output
from grader.commands.classroom_progress import ClassProgress
from grader.core.course import Course
from grader.core.errors import UnreadableSubmission
from grader.core.i18n import Translator, _
from grader.grading.evidence_key import EvidenceKey
from grader.grading.isolation import require_isolation
from grader.grading.local_pool import LocalPool
from grader.grading.pool import GraderPool
from grader.grading.results import Mode
from grader.protocol.messages import PlanMade
from grader.submission.reader import read


@dataclass(frozen=True)
class GradingOptions:
    """With what a class is graded."""

    course: Course
    workers: int | None
    cluster: str | None
    despite_missing_walls: bool

    def crew(self, mode: str) -> GraderPool:
        """Return who grades."""
        if self.cluster is None:
            return LocalPool(
                self.course, Mode(mode), self.workers, despite_missing_walls=self.despite_missing_walls
            )
        from grader.grading.dask_pool import DaskPool  # needs the extra for clusters

        return DaskPool(self.course, Mode(mode), self.cluster, despite_missing_walls=self.despite_missing_walls)

    def batch(self, store: Store, crew: GraderPool, terms: EvidenceKey, publisher: Publisher) -> Batch:
        """Return what grades a class with this crew."""
        return Batch(store, crew, terms, publisher, getpass.getuser(), self.despite_missing_walls)


def batch(
    folder: ClassFolder, hand_ins: Path, due: datetime | None, means: GradingOptions, say: Translator
) -> None:
    """Grade what a class handed in and is not graded yet."""
    settings, console = folder.settings, Console()
    with open_hand_ins(hand_ins, settings.exercise, due) as intake, open_store(folder) as store:
        classroom_output.print_intake(intake, say, console, anonymous=settings.anonymous)
        publisher = Publisher(folder, store)
        with means.crew(settings.mode) as crew, ClassProgress(settings.exercise, say) as progress:
            terms = _unplanned(means.course, folder).planned(lambda ask: crew.examiner.ask(ask, PlanMade))
            work = means.batch(store, crew, terms, publisher)
            _grade(work, work.take(intake, progress), means, progress)
        store.tidy()
        classroom_output.print_tally(progress.ways, publisher.entries(), say, console)
        classroom_output.print_faults(work.faults, say, Console(stderr=True))
    _print(say(_("Dashboard: {file}", file=str(folder.path / DASHBOARD))))


def rescore(folder: ClassFolder, means: GradingOptions, wanted: Callable[[int], bool], say: Translator) -> None:
    """Judge a class again. `wanted` is asked before so many submissions are run again."""
    settings = folder.settings
    with open_store(folder) as store:
        publisher = Publisher(folder, store)
        before = publisher.entries()
        with (
            desks(folder.path, _unplanned(means.course, folder)) as pool,
            ClassProgress(settings.exercise, say) as progress,
        ):
            terms = pool.terms()
            progress.planned(len(before))
            judging = Rescoring(store, publisher, terms, getpass.getuser(), progress.advance)
            rescored = judging.judge(pool)
        classroom_output.print_faults(rescored.faults, say, Console(stderr=True))
        tasks = rescored.tasks()
        if tasks:
            classroom_output.print_reruns(rescored.again, say, Console())
            if wanted(len(tasks)):
                with means.crew(settings.mode) as crew, ClassProgress(settings.exercise, say) as progress:
                    progress.planned(sum(len(task.owners) for task in tasks))
                    work = means.batch(store, crew, terms, publisher)
                    _grade(work, tasks, means, progress)
                classroom_output.print_faults(work.faults, say, Console(stderr=True))
            else:
                _print(say(_("They keep their old verdicts. To run them again: grader rescore DIR --yes")))
        publisher.dashboard()
        classroom_output.print_changes(changes(before, publisher.entries()), rescored.judged, say, Console())
        if rescored.lost:  # everybody else is judged
            raise rescored.lost[0]


def adjust(
    folder: ClassFolder,
    course: Course,
    student: str,
    criterion: str | None,
    points: float,
    reason: str,
    say: Translator,
) -> None:
    """Change a mark by hand."""
    with open_store(folder) as store:
        publisher = Publisher(folder, store)
        held = adjustments.adjust(store, publisher, student, criterion, points, reason, getpass.getuser())
        _show_adjusted(held, publisher, course, say)


def withdraw(folder: ClassFolder, course: Course, student: str, say: Translator) -> None:
    """Take back what was changed by hand."""
    with open_store(folder) as store:
        publisher = Publisher(folder, store)
        held = adjustments.withdraw(store, publisher, student, getpass.getuser())
        _show_adjusted(held, publisher, course, say)


def _show_adjusted(held: HandInRow, publisher: Publisher, course: Course, say: Translator) -> None:
    """Bring the pages up to date. A report is judged again for it, which is as quick as finding it would be."""
    publisher.dashboard()
    name = publisher.shown(held.entry.student, held.entry.name)
    classroom_output.print_adjusted(name, held.entry, say, Console())
    if held.key is not None:
        with desks(publisher.folder.path, _unplanned(course, publisher.folder), 1) as pool:
            (judged,) = pool.judge([Kept(held.number, held.key, held.entry)])
        if judged.verdict != held.entry.verdict:
            _print(say(_("The rubric has changed since; the report shows the new mark after: grader rescore DIR")))


def _unplanned(course: Course, folder: ClassFolder) -> EvidenceKey:
    settings = folder.settings
    return EvidenceKey(course, settings.exercise, settings.language, settings.mode)


def export(folder: ClassFolder, form: Format, roster: Path | None, out: Path | None, say: Translator) -> None:
    """Write the marks for another program."""
    settings = folder.settings
    with open_store(folder) as store:
        entries = Publisher(folder, store).entries()
    made = exported(entries, settings.exercise, form, settings.language, roster)
    target = out or folder.path / f"{settings.exercise}-{form.value}.{ENDINGS[form]}"
    write(target, made.data)
    classroom_output.print_export(made, target, say, Console())


def similarity(folder: ClassFolder, course: Course, say: Translator) -> None:
    """Compare the newest hand-ins of a class, and write the page."""
    from grader.classroom.similarity.compare import similar  # the library that compares takes a second to come up
    from reports.classroom import similarity as page

    settings = folder.settings
    with open_store(folder) as store:
        publisher = Publisher(folder, store)
        held = [stored for stored in store.entries(settings.series) if stored.sha256]
        sources = {publisher.student(s.entry.student): store.submission(s.number) for s in held}
        names = {publisher.student(s.entry.student): publisher.shown(s.entry.student, s.entry.name) for s in held}
        stub = None
        with contextlib.suppress(UnreadableSubmission):  # an exercise without a stub: nothing is left out
            stub = read(course.rubric_file(settings.exercise).parent / "submission.py")
        found = similar(sources, stub)
        title = publisher.title(publisher.entries())
        folder.write(SIMILARITY, page.render(title, found, names, settings.language))
        publisher.dashboard()
    file = str(folder.path / SIMILARITY)
    _print(
        say(_("Groups of submissions that are alike: {groups}. Page: {file}", groups=len(found.groups), file=file))
    )


def _grade(work: Batch, tasks: Sequence[GradingJob], means: GradingOptions, progress: ClassProgress) -> None:
    """Grade what is to be graded; whatever ends it, the pages show what is done."""
    try:
        if tasks:
            if not means.despite_missing_walls:
                require_isolation(work.crew)
            work.grade(tasks, progress)
    finally:
        progress.stop()
        work.publisher.dashboard()


def _print(sentence: str) -> None:
    Console().print(sentence, markup=False, highlight=False, soft_wrap=True)
