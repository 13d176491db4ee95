"""The command for a class over several exercises: gradebook."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote

import msgspec
import typer

from grader.commands.extras import Extra, require_extra
from grader.commands.options import DEFAULT_LANGUAGE, LanguageOption, exit_on_user_error, help_
from grader.core.exit_codes import ExitCode
from grader.core.i18n import Translator, _

if TYPE_CHECKING:
    from grader.classroom.gradebook import ExerciseResults

PAGE, TABLE, WORKBOOK = "gradebook.html", "gradebook.csv", "gradebook.xlsx"

FoldersArgument = Annotated[
    list[Path],
    typer.Argument(metavar="DIR...", help=help_(_("The --out folders of grader batch, one for each exercise."))),
]


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command(help=help_(_("Bring the marks of a class together over several exercises.")))(gradebook)


def gradebook(
    folders: FoldersArgument,
    out: Annotated[Path, typer.Option("--out", help=help_(_("Folder for the page and the tables.")))] = Path(
        "gradebook"
    ),
    roster: Annotated[
        Path | None, typer.Option("--roster", help=help_(_("List of the students, as CSV or XLSX.")))
    ] = None,
    key: Annotated[
        str | None, typer.Option("--key", help=help_(_("Column of the roster that students are found by.")))
    ] = None,
    title: Annotated[str, typer.Option("--title", help=help_(_("Name of the course, for the page.")))] = "",
    lang: LanguageOption = DEFAULT_LANGUAGE,
) -> None:
    """Join the results of several exercises by student, and write a page, a CSV file and a workbook."""
    require_extra(Extra.CLASS, "grader gradebook", lang)
    from grader.classroom.folder import write_file
    from grader.classroom.gradebook import join_results, read_roster, to_csv, to_xlsx
    from grader.commands.classroom_output import ClassOutput
    from reports.classroom import course_gradebook

    translate = Translator(lang)
    with exit_on_user_error(translate):
        students = None if roster is None else read_roster(roster, key)
        joined = join_results([_read_results(folder, out) for folder in folders], students)
        page = course_gradebook.render(joined, title or translate(_("Course")), translate.language)
        for name, data in ((PAGE, page), (TABLE, to_csv(joined)), (WORKBOOK, to_xlsx(joined, translate.language))):
            write_file(out / name, data)
        ClassOutput(translate).print_course_gradebook(joined, [out / name for name in (PAGE, TABLE, WORKBOOK)])
    raise typer.Exit(ExitCode.PASSED)


def _read_results(path: Path, out: Path) -> "ExerciseResults":
    """Return the results of one class folder. Raises `UserError`."""
    from grader.classroom.erasure import finish_erasure
    from grader.classroom.folder import open_folder, open_store
    from grader.classroom.gradebook import CourseGradebookError, ExerciseResults
    from grader.classroom.pages import Publisher

    folder = open_folder(path)
    if folder.settings.anonymous:
        raise CourseGradebookError(
            _(
                "{folder} was graded with --anonymous: its pseudonyms are others than those of any other "
                "exercise, so that it cannot be joined by student.",
                folder=str(path),
            )
        )
    with open_store(folder) as store:
        finish_erasure(folder, store)
        publisher = Publisher(folder, store)
        entries = publisher.read_gradebook()
        attempts = publisher.marks.attempts
    way = quote(Path(os.path.relpath(path.resolve(), out.resolve())).as_posix())
    return ExerciseResults(
        folder=str(path),
        exercise=folder.settings.exercise,
        title=publisher.find_title(entries),
        entries=tuple(
            msgspec.structs.replace(e, report=f"{way}/{quote(e.report)}" if e.report else "") for e in entries
        ),
        attempts=attempts,
    )
