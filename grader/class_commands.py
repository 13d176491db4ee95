"""The commands for a whole class: batch, rescore, adjust, export, similarity. They parse, call and print."""

import getpass
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from grader import class_tables as tables
from grader.class_folder import (
    DASHBOARD,
    SIMILARITY,
    ClassFolder,
    ClassFolderError,
    Settings,
    new_series,
    open_folder,
    prepare,
    write,
)
from grader.class_progress import ClassProgress
from grader.command_line import (
    DEFAULT_LANGUAGE,
    CourseOption,
    ExitCode,
    LanguageOption,
    PlainOption,
    chosen_course,
    complain,
    help_,
    refuse,
    rubric_folder,
    stopped,
)
from grader.course import Course
from grader.examiner_line import GraderError
from grader.exports.record import ENDINGS, Format
from grader.text import T, Text, Translator
from grader.verdict import WallState

if TYPE_CHECKING:
    from grader.batch import Task
    from grader.crew import Crew
    from grader.gradebook import Entry
    from grader.publish import Publisher
    from grader.rejudge import Again
    from grader.rescore import Rescored
    from grader.store import Store
    from grader.terms import Terms

FolderArgument = Annotated[Path, typer.Argument(metavar="DIR", help=help_(T("The --out folder of grader batch.")))]
WorkersOption = Annotated[
    int | None,
    typer.Option("--workers", min=1, help=help_(T("Submissions at once. Without it: one per processor."))),
]
ClusterOption = Annotated[
    str | None,
    typer.Option("--cluster", help=help_(T("Address of a Dask scheduler: grade on its machines."))),
]
MissingWallsOption = Annotated[
    bool,
    typer.Option("--despite-missing-walls", help=help_(T("Grade even where this machine lacks a wall."))),
]


@dataclass(frozen=True)
class Means:
    """With what a class is graded."""

    course: Course
    workers: int | None
    cluster: str | None
    despite_missing_walls: bool

    def require_possible(self, plain: bool, say: Translator) -> None:
        """Refuse what cannot be: other people's code without walls is never run by accident."""
        if not plain and sys.platform != "linux" and self.cluster is None:
            refuse(
                say(
                    T(
                        "There are no walls on this system, and a class hands in other people's code. Grade on "
                        "Linux, or say --plain if you trust every submission."
                    )
                )
            )

    def require_walls(self, walls: Sequence[WallState], say: Translator) -> None:
        """Refuse to grade where a wall is missing, unless told so."""
        missing = [wall for wall in walls if not wall.stands]
        if missing and not self.despite_missing_walls:
            names = ", ".join(wall.id for wall in missing)
            refuse(
                say(
                    T(
                        "These walls do not stand on this machine: {names}. grader doctor says more. Grade elsewhere, "
                        "or say --despite-missing-walls.",
                        names=names,
                    )
                )
            )

    def crew(self, mode: str) -> "Crew":
        """Return who grades."""
        from grader.grade import Mode
        from grader.local import LocalCrew

        if self.cluster is None:
            return LocalCrew(self.course, Mode(mode), self.workers)
        from grader.cluster import ClusterCrew

        return ClusterCrew(self.course, Mode(mode), self.cluster)


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command(help=help_(T("Grade everything that a class handed in: a folder or a zip.")))(batch)
    app.command(help=help_(T("Judge a graded class again with today's rubric, without running anything twice.")))(
        rescore
    )
    app.command(help=help_(T("Change a student's mark by hand, with a reason. It outlives every rescoring.")))(adjust)
    app.command(help=help_(T("Write the marks of a class for Moodle, Canvas, Gradescope or a spreadsheet.")))(export)
    app.command(help=help_(T("Show which submissions of a class are suspiciously alike. Never a mark.")))(similarity)


def batch(
    exercise: str,
    submissions: Annotated[Path, typer.Argument(help=help_(T("Folder or zip, as a platform gives it out.")))],
    out: Annotated[Path, typer.Option("--out", help=help_(T("Folder for dashboard, reports and store.")))],
    workers: WorkersOption = None,
    cluster: ClusterOption = None,
    csv: Annotated[
        Format | None, typer.Option("--csv", help=help_(T("Write the marks as well: see grader export --format.")))
    ] = None,
    due: Annotated[
        datetime | None, typer.Option("--due", help=help_(T("What was handed in later is late (local time).")))
    ] = None,
    anonymous: Annotated[
        bool, typer.Option("--anonymous", help=help_(T("Pseudonyms instead of names, everywhere.")))
    ] = False,
    store: Annotated[
        str | None, typer.Option("--store", help=help_(T("Database, as an SQLAlchemy URL. Without it: in DIR.")))
    ] = None,
    files: Annotated[
        str | None, typer.Option("--files", help=help_(T("Place of the evidence, as an fsspec URL.")))
    ] = None,
    despite_missing_walls: MissingWallsOption = False,
    lang: LanguageOption = DEFAULT_LANGUAGE,
    course: CourseOption = None,
    plain: PlainOption = False,
) -> None:
    """Read what there is, grade what is not graded yet, keep each result, write the pages."""
    say = Translator(lang)
    chosen = chosen_course(course, say)
    rubric_folder(chosen, exercise, say)
    if due is not None and due.tzinfo is None:
        due = due.astimezone()
    settings = Settings(
        exercise=exercise,
        series=new_series(exercise),
        course=str(chosen.folder.resolve()),
        language=lang,
        mode="plain" if plain else "walls",
        anonymous=anonymous,
        store=store,
        files=files,
    )
    means = Means(chosen, workers, cluster, despite_missing_walls)
    means.require_possible(plain, say)
    with _told(say):
        _batch(prepare(out, settings), submissions, due, means, say)
        if csv is not None:
            _export(open_folder(out), csv, None, None, say)
    raise typer.Exit(ExitCode.PASSED)


def _batch(folder: ClassFolder, submissions: Path, due: datetime | None, means: "Means", say: Translator) -> None:
    from grader.batch import Batch
    from grader.intake import open_hand_ins
    from grader.publish import Publisher, open_store
    from grader.terms import terms_of

    settings = folder.settings
    console = Console()
    with open_hand_ins(submissions, settings.exercise, due) as intake, open_store(folder) as store:
        tables.print_intake(intake, say, console)
        publisher = Publisher(folder, store)
        with means.crew(settings.mode) as crew, ClassProgress(settings.exercise, say) as progress:
            terms = terms_of(means.course, settings.exercise, settings.language, settings.mode, crew.examiner)
            work = Batch(store, crew, terms, publisher, getpass.getuser())
            tasks = work.take(intake, progress)
            _grade(work, tasks, crew, means, progress, say)
        store.tidy()
        publisher.dashboard()
        tables.print_tally(progress.ways, publisher.entries(), say, console)
        tables.print_faults(work.faults, say, Console(stderr=True))
    _print(say(T("Dashboard: {file}", file=str(folder.path / DASHBOARD))))


def _grade(
    work: "Batch", tasks: "Sequence[Task]", crew: "Crew", means: "Means", progress: ClassProgress, say: Translator
) -> None:
    """Grade what is to be graded; after Ctrl-C, leave everything in good order."""
    if tasks:
        means.require_walls(crew.walls(), say)
    try:
        work.grade(tasks, progress)
    except KeyboardInterrupt:
        progress.stop()
        work.publisher.dashboard()
        complain(say(T("Stopped. What is graded so far is kept; the same command goes on from here.")))
        raise typer.Exit(ExitCode.NOT_GRADED) from None


def rescore(
    folder: FolderArgument,
    yes: Annotated[
        bool, typer.Option("--yes", help=help_(T("Run again what has to be, without asking.")))
    ] = False,
    workers: WorkersOption = None,
    cluster: ClusterOption = None,
    despite_missing_walls: MissingWallsOption = False,
    lang: LanguageOption = DEFAULT_LANGUAGE,
    course: CourseOption = None,
) -> None:
    """Judge kept evidence, say whose mark changed, and ask before anything is run."""
    from grader.changes import changes
    from grader.examiner_line import OwnExaminer
    from grader.publish import Publisher, open_store
    from grader.rescore import rescore as judge_again
    from grader.terms import terms_of

    say = Translator(lang)
    with _told(say):
        held = open_folder(folder)
        settings = held.settings
        chosen = chosen_course(course or Path(settings.course), say)
        rubric_folder(chosen, settings.exercise, say)
        with open_store(held) as store:
            publisher = Publisher(held, store)
            before = publisher.entries()
            with OwnExaminer() as examiner:
                terms = terms_of(chosen, settings.exercise, settings.language, settings.mode, examiner.line)
            with ClassProgress(settings.exercise, say) as progress:
                progress.planned(len(before))
                rescored = judge_again(store, publisher, terms, getpass.getuser(), progress.advance)
            if rescored.again:
                means = Means(chosen, workers, cluster, despite_missing_walls)
                _run_again(rescored, store, publisher, terms, means, yes, say)
            publisher.dashboard()
            tables.print_changes(changes(before, publisher.entries()), rescored.judged, say, Console())
    raise typer.Exit(ExitCode.PASSED)


def _run_again(
    rescored: "Rescored",
    store: "Store",
    publisher: "Publisher",
    terms: "Terms",
    means: "Means",
    yes: bool,
    say: Translator,
) -> None:
    """Say what judging alone cannot decide, and run it where that is wanted."""
    from grader.batch import Batch

    tables.print_again(rescored.again, say, Console())
    tasks = rescored.tasks()
    if not yes and not (sys.stdin.isatty() and typer.confirm(say(T("Run these again?")))):
        complain(say(T("They keep their old verdicts. To run them again: grader rescore DIR --yes")))
        return
    with means.crew(terms.mode) as crew, ClassProgress(terms.exercise, say) as progress:
        progress.planned(sum(len(task.owners) for task in tasks))
        work = Batch(store, crew, terms, publisher, getpass.getuser())
        _grade(work, tasks, crew, means, progress, say)
    tables.print_faults(work.faults, say, Console(stderr=True))


def adjust(
    folder: FolderArgument,
    student: Annotated[str, typer.Argument(help=help_(T("Key or name, as the dashboard shows it.")))],
    points: Annotated[
        float | None,
        typer.Option("--points", help=help_(T("With --criterion: its points; without: what is added to the sum."))),
    ] = None,
    criterion: Annotated[
        str | None, typer.Option("--criterion", help=help_(T("The criterion that is judged otherwise.")))
    ] = None,
    reason: Annotated[str, typer.Option("--reason", help=help_(T("Why; the export shows it.")))] = "",
    withdraw: Annotated[
        bool, typer.Option("--withdraw", help=help_(T("Take the adjustments of this student back.")))
    ] = False,
    lang: LanguageOption = DEFAULT_LANGUAGE,
) -> None:
    """Write a person's decision beside the verdicts."""
    from grader import adjusting
    from grader.publish import Publisher, open_store

    say = Translator(lang)
    if not withdraw and (points is None or not reason.strip()):
        refuse(say(T("An adjustment needs --points and --reason; --withdraw takes one back.")))
    with _told(say):
        held = open_folder(folder)
        with open_store(held) as store:
            publisher = Publisher(held, store)
            by = getpass.getuser()
            if withdraw:
                entry = adjusting.withdraw(store, publisher, student, by)
            else:
                assert points is not None
                entry = adjusting.adjust(store, publisher, student, criterion, points, reason.strip(), by)
            publisher.dashboard()
            tables.print_adjusted(entry, say, Console())
    raise typer.Exit(ExitCode.PASSED)


def export(
    folder: FolderArgument,
    form: Annotated[Format, typer.Option("--format", help=help_(T("For which program.")))],
    out: Annotated[Path | None, typer.Option("--out", help=help_(T("File to write. Without it: in DIR.")))] = None,
    roster: Annotated[
        Path | None,
        typer.Option("--roster", help=help_(T("The platform's own export: its marks are filled in."))),
    ] = None,
    lang: LanguageOption = DEFAULT_LANGUAGE,
) -> None:
    """Write the gradebook in the form of a platform."""
    say = Translator(lang)
    with _told(say):
        _export(open_folder(folder), form, roster, out, say)
    raise typer.Exit(ExitCode.PASSED)


def similarity(folder: FolderArgument, lang: LanguageOption = DEFAULT_LANGUAGE, course: CourseOption = None) -> None:
    """Compare the newest hand-ins of a class, without what their stub holds, and write the page."""
    from grader.publish import Publisher, open_store
    from grader.similarity import similar
    from reports import similarity as page

    say = Translator(lang)
    with _told(say):
        held = open_folder(folder)
        chosen = chosen_course(course or Path(held.settings.course), say)
        with open_store(held) as store:
            publisher = Publisher(held, store)
            stored = [s for s in store.entries(held.settings.series) if s.sha256]
            sources = {s.entry.student: store.submission(s.number) for s in stored}
            names = {s.entry.student: publisher.shown(s.entry.student, s.entry.name) for s in stored}
            groups = similar(sources, chosen.stub(held.settings.exercise))
            held.write(SIMILARITY, page.render(groups, names, held.settings.language))
            publisher.dashboard()
    _print(say(T("Groups that are alike: {groups}. Page: {file}", groups=len(groups), file=str(folder / SIMILARITY))))


def _export(folder: ClassFolder, form: Format, roster: Path | None, out: Path | None, say: Translator) -> None:
    from grader.exports import export as exported
    from grader.publish import Publisher, open_store

    settings = folder.settings
    with open_store(folder) as store:
        entries = Publisher(folder, store).entries()
    made = exported(entries, settings.exercise, form, settings.language, roster)
    target = out or folder.path / f"{settings.exercise}-{form}.{ENDINGS[form]}"
    write(target, made.data)
    tables.print_export(made, target, say, Console())


def _print(sentence: str) -> None:
    Console().print(sentence, markup=False, highlight=False, soft_wrap=True)


@contextmanager
def _told(say: Translator) -> Iterator[None]:
    """Turn what can go wrong into a sentence and an exit code."""
    from grader.exports import UnusableRosterError
    from grader.intake import UnusableHandInsError
    from grader.adjusting import AdjustmentError
    from grader.sandbox.supervisor import SandboxError
    from grader.store import StoreError

    try:
        yield
    except (ClassFolderError, StoreError, UnusableHandInsError, UnusableRosterError, AdjustmentError) as error:
        refuse(say(error.text))
    except (GraderError, SandboxError) as error:
        complain(
            say(
                T(
                    "Grading stopped, by the grader's fault; what is graded so far is kept. Please report it: "
                    "{error}",
                    error=str(error),
                )
            )
        )
        raise typer.Exit(ExitCode.NOT_GRADED) from error
    except KeyboardInterrupt:
        stopped(say)
