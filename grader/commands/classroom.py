"""The commands for a whole class: batch, rescore, adjust, export, forget, similarity."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from grader.classroom.exports.formats import Format
from grader.classroom.feedback.records import Platform
from grader.commands.extras import Extra, require_extra
from grader.commands.options import (
    DEFAULT_LANGUAGE,
    CourseOption,
    ExerciseArgument,
    LanguageOption,
    MessageLanguageOption,
    MissingWallsOption,
    PlainOption,
    exit_after_interrupt,
    exit_on_user_error,
    find_course_or_exit,
    find_exercise_or_exit,
    help_,
    print_to_stderr,
    refuse,
    require_walls_possible,
)
from grader.core.course_secret import with_own_secret
from grader.core.errors import InternalError
from grader.core.exit_codes import ExitCode
from grader.core.i18n import Translator, _
from grader.core.seal import name_seal

FolderArgument = Annotated[Path, typer.Argument(metavar="DIR", help=help_(_("The --out folder of grader batch.")))]
WorkersOption = Annotated[
    int | None,
    typer.Option("--workers", min=1, help=help_(_("Submissions at once. Without it: one per processor."))),
]
ClusterOption = Annotated[
    str | None,
    typer.Option("--cluster", help=help_(_("Address of a Dask scheduler: grade on its machines."))),
]


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    for command, help_text in (
        (batch, _("Grade everything that a class handed in: a folder or a zip.")),
        (rescore, _("Judge a graded class again with today's rubric, without training anything twice.")),
        (adjust, _("Change a student's mark by hand, with a reason. It outlives every rescoring.")),
        (export, _("Write the marks or the reports of a class for Moodle, ILIAS, Canvas or a spreadsheet.")),
        (forget, _("Delete everything about a student from a graded class, or about all old ones.")),
        (similarity, _("Show which submissions of a class are suspiciously alike. Never a mark.")),
    ):
        app.command(help=help_(help_text))(command)


def batch(
    exercise: ExerciseArgument,
    submissions: Annotated[Path, typer.Argument(help=help_(_("Folder or zip, as a platform gives it out.")))],
    out: Annotated[Path, typer.Option("--out", help=help_(_("Folder for dashboard, reports and store.")))],
    workers: WorkersOption = None,
    cluster: ClusterOption = None,
    csv: Annotated[
        Format | None, typer.Option("--csv", help=help_(_("Write the marks as well, as grader export does.")))
    ] = None,
    due: Annotated[
        datetime | None, typer.Option("--due", help=help_(_("What was handed in later is late (local time).")))
    ] = None,
    anonymous: Annotated[
        bool, typer.Option("--anonymous", help=help_(_("Pseudonyms instead of names, everywhere.")))
    ] = False,
    store: Annotated[
        str | None, typer.Option("--store", help=help_(_("Database, as an SQLAlchemy URL. Without it: in DIR.")))
    ] = None,
    files: Annotated[
        str | None, typer.Option("--files", help=help_(_("Place of the evidence, as an fsspec URL.")))
    ] = None,
    watch: Annotated[
        bool,
        typer.Option("--watch", help=help_(_("Go on: grade what comes into the folder, and put reports there."))),
    ] = False,
    despite_missing_walls: MissingWallsOption = False,
    lang: LanguageOption = DEFAULT_LANGUAGE,
    course: CourseOption = None,
    plain: PlainOption = False,
) -> None:
    """Read the hand-ins, grade those that are not graded yet, and write the pages."""
    require_extra(Extra.CLASS, "grader batch", lang)
    if cluster is not None:
        require_extra(Extra.CLUSTER, "--cluster", lang)
    if store is not None and store.startswith("postgresql"):
        require_extra(Extra.POSTGRESQL, "--store", lang)
    from grader.classroom.folder import Settings, new_series_name, prepare_folder, seal_course
    from grader.commands import classroom_session, watched_class
    from grader.commands.choose_pool import GradingOptions

    translate = Translator(lang)
    chosen = find_course_or_exit(course, translate)
    find_exercise_or_exit(chosen, exercise, translate)
    require_walls_possible(plain, cluster, translate)
    if watch and not submissions.is_dir():
        refuse(translate(_("--watch needs a folder; {path} is none.", path=str(submissions))))
    settings = Settings(
        exercise=exercise,
        series=new_series_name(exercise),
        course=str(chosen.folder.resolve()),
        language=lang,
        mode="plain" if plain else "walls",
        anonymous=anonymous,
        store=store,
        files=files,
    )
    with exit_on_class_error(translate):
        settings = msgspec.structs.replace(settings, seal=name_seal(with_own_secret(chosen).secret))
        folder = prepare_folder(out, settings)
        options = GradingOptions(seal_course(chosen, folder), workers, cluster, despite_missing_walls)
        due = due.astimezone() if due is not None else None
        if watch:
            watched_class.watch_class(folder, submissions, due, options, translate)
        else:
            classroom_session.grade_class(folder, submissions, due, options, translate)
        if csv is not None:
            classroom_session.export_marks(folder, csv, None, None, translate)
    raise typer.Exit(ExitCode.PASSED)


def rescore(
    folder: FolderArgument,
    yes: Annotated[
        bool, typer.Option("--yes", help=help_(_("Run again what has to be, without asking.")))
    ] = False,
    workers: WorkersOption = None,
    cluster: ClusterOption = None,
    despite_missing_walls: MissingWallsOption = False,
    lang: MessageLanguageOption = DEFAULT_LANGUAGE,
    course: CourseOption = None,
) -> None:
    """Judge stored evidence, say whose mark changed, and ask before anything is run."""
    require_extra(Extra.CLASS, "grader rescore", lang)
    if cluster is not None:
        require_extra(Extra.CLUSTER, "--cluster", lang)
    from grader.classroom.folder import open_folder, seal_course
    from grader.commands import classroom_session
    from grader.commands.choose_pool import GradingOptions

    translate = Translator(lang)

    def confirm(count: int) -> bool:
        question = translate(_("Run {count} again?", count=count))
        return yes or (sys.stdin.isatty() and typer.confirm(question))

    with exit_on_class_error(translate):
        class_folder = open_folder(folder)
        chosen = find_course_or_exit(course or Path(class_folder.settings.course), translate)
        find_exercise_or_exit(chosen, class_folder.settings.exercise, translate)
        options = GradingOptions(seal_course(chosen, class_folder), workers, cluster, despite_missing_walls)
        classroom_session.rescore_class(class_folder, options, confirm, translate)
    raise typer.Exit(ExitCode.PASSED)


def adjust(
    folder: FolderArgument,
    student: Annotated[str, typer.Argument(help=help_(_("Key or name, as the dashboard shows it.")))],
    points: Annotated[
        str | None,
        typer.Option("--points", help=help_(_("Added to the sum; or, with one --criterion NAME, its points."))),
    ] = None,
    criterion: Annotated[
        list[str] | None,
        typer.Option(
            "--criterion",
            metavar="NAME=POINTS",
            help=help_(_("What a criterion gives instead; as often as needed.")),
        ),
    ] = None,
    reason: Annotated[str, typer.Option("--reason", help=help_(_("Why; dashboard and exports show it.")))] = "",
    withdraw: Annotated[
        bool, typer.Option("--withdraw", help=help_(_("Take the adjustments of this student back.")))
    ] = False,
    lang: LanguageOption = DEFAULT_LANGUAGE,
    course: CourseOption = None,
) -> None:
    """Write or withdraw a change of a mark by hand."""
    require_extra(Extra.CLASS, "grader adjust", lang)
    from grader.classroom.adjustments import read_decisions
    from grader.classroom.folder import open_folder, seal_course
    from grader.commands import classroom_session

    translate = Translator(lang)
    if withdraw and (points is not None or criterion):
        refuse(translate(_("--withdraw takes back what was decided; say new points in a second call.")))
    if not withdraw and not ((points is not None or criterion) and reason.strip()):
        refuse(
            translate(
                _(
                    "An adjustment needs --criterion NAME=POINTS or --points, and --reason; --withdraw takes one "
                    "back."
                )
            )
        )
    with exit_on_class_error(translate):
        decisions = () if withdraw else read_decisions(criterion or (), points)
        class_folder = open_folder(folder)
        chosen = find_course_or_exit(course or Path(class_folder.settings.course), translate)
        chosen = seal_course(chosen, class_folder)
        if withdraw:
            classroom_session.withdraw_adjustments(class_folder, chosen, student, translate)
        else:
            classroom_session.adjust_mark(class_folder, chosen, student, decisions, reason.strip(), translate)
    raise typer.Exit(ExitCode.PASSED)


def export(
    folder: FolderArgument,
    form: Annotated[
        Format | None, typer.Option("--format", help=help_(_("Write the marks, for this program.")))
    ] = None,
    feedback: Annotated[
        Platform | None,
        typer.Option("--feedback", help=help_(_("Pack every report for the bulk upload of this platform."))),
    ] = None,
    person: Annotated[
        str | None,
        typer.Option(
            "--person", metavar="STUDENT", help=help_(_("Everything about one student, for a request of access."))
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help=help_(_("File to write. Without it: in DIR.")))] = None,
    roster: Annotated[
        Path | None,
        typer.Option("--roster", help=help_(_("The platform's own export: its marks are filled in."))),
    ] = None,
    download: Annotated[
        Path | None,
        typer.Option("--download", help=help_(_("The platform's own download: its names say where reports go."))),
    ] = None,
    pdf: Annotated[
        bool, typer.Option("--pdf", help=help_(_("Each report as a PDF, too. Needs Chromium.")))
    ] = False,
    lang: LanguageOption = DEFAULT_LANGUAGE,
) -> None:
    """Write the marks or the reports as a platform reads them, or everything about one student."""
    require_extra(Extra.CLASS, "grader export", lang)
    from grader.classroom.folder import open_folder
    from grader.commands import classroom_session, personal_data

    translate = Translator(lang)
    if [form, feedback, person].count(None) != 2:
        refuse(
            translate(
                _("Say one of --format, for the marks, --feedback, for the reports, and --person, for a student.")
            )
        )
    if feedback is None and (download is not None or pdf):
        refuse(translate(_("--download and --pdf belong to --feedback.")))
    if form is None and roster is not None:
        refuse(translate(_("--roster belongs to --format.")))
    with exit_on_class_error(translate):
        class_folder = open_folder(folder)
        if form is not None:
            classroom_session.export_marks(class_folder, form, roster, out, translate)
        if feedback is not None:
            classroom_session.export_feedback(class_folder, feedback, download, out, pdf, translate)
        if person is not None:
            personal_data.export_person(class_folder, person, out, translate)
    raise typer.Exit(ExitCode.PASSED)


def forget(
    folder: FolderArgument,
    student: Annotated[
        str | None, typer.Argument(metavar="STUDENT", help=help_(_("Key, name, e-mail address or pseudonym.")))
    ] = None,
    older_than: Annotated[
        str | None,
        typer.Option(
            "--older-than",
            metavar="TIME",
            help=help_(_("All whose hand-ins are older, such as 2026-09-30T00:00+02:00.")),
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help=help_(_("Delete without asking.")))] = False,
    lang: LanguageOption = DEFAULT_LANGUAGE,
) -> None:
    """Show what would be deleted, ask, and delete it."""
    require_extra(Extra.CLASS, "grader forget", lang)
    from grader.classroom.folder import open_folder
    from grader.commands import personal_data

    translate = Translator(lang)
    if (student is None) == (older_than is None):
        refuse(translate(_("Say either a STUDENT or --older-than TIME.")))

    def confirm() -> bool:
        question = translate(_("Delete all of this for good?"))
        return yes or (sys.stdin.isatty() and typer.confirm(question))

    with exit_on_class_error(translate):
        personal_data.forget_people(open_folder(folder), student, older_than, confirm, translate)
    raise typer.Exit(ExitCode.PASSED)


def similarity(
    folder: FolderArgument, lang: LanguageOption = DEFAULT_LANGUAGE, course: CourseOption = None
) -> None:
    """Compare the newest hand-ins of a class, leaving out the code of the stub, and write the page."""
    require_extra(Extra.CLASS, "grader similarity", lang)
    from grader.classroom.folder import open_folder
    from grader.commands import classroom_session

    translate = Translator(lang)
    with exit_on_class_error(translate):
        class_folder = open_folder(folder)
        chosen = find_course_or_exit(course or Path(class_folder.settings.course), translate)
        classroom_session.compare_submissions(class_folder, chosen, translate)
    raise typer.Exit(ExitCode.PASSED)


@contextmanager
def exit_on_class_error(translate: Translator) -> Iterator[None]:
    """End the command with a sentence and an exit code for each kind of error."""
    from grader.core.errors import UnusableRubricError

    try:
        with exit_on_user_error(translate):
            yield
    except UnusableRubricError as error:
        print_to_stderr(translate(error.text))
        raise typer.Exit(ExitCode.NOT_GRADED) from error
    except InternalError as error:
        sentence = _(
            "Grading stopped by the grader's own fault; what is graded so far is kept. Please report it: {error}",
            error=str(error),
        )
        print_to_stderr(translate(sentence))
        raise typer.Exit(ExitCode.NOT_GRADED) from error
    except KeyboardInterrupt:
        print_to_stderr(translate(_("What is graded so far is kept; the same command goes on from here.")))
        exit_after_interrupt(translate)
