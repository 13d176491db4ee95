"""The commands for a student: list, start, check."""

import os
import shutil
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text as Line

from grader.commands.options import (
    DEFAULT_LANGUAGE,
    CourseOption,
    ExerciseArgument,
    LanguageOption,
    PlainOption,
    chosen_course,
    complain,
    exit_code,
    help_,
    refuse,
    rubric_folder,
    stopped,
)
from grader.commands.output import Outputs
from grader.commands.progress import mode_for, running_grader, step_progress
from grader.commands.watch import Watching, cannot_write
from grader.core.course import Course
from grader.core.errors import UnreadableSubmission
from grader.core.i18n import Translator, _
from grader.core.sanitize import clip, display_path, one_line, visible
from grader.grading.grader import Grader
from grader.grading.results import Graded
from grader.grading.warm_grader import WarmGrader
from grader.protocol.submission import Submission
from grader.sandbox.run import Progress as OnStep
from grader.submission import discovery
from grader.submission.discovery import SubmissionNotFoundError
from grader.submission.reader import read

LONGEST_TITLE = 80  # characters


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command("list", help=help_(_("Show the exercises of this course.")))(list_exercises)
    app.command(help=help_(_("Copy the stub of an exercise into a folder, to work on it.")))(start)
    app.command(help=help_(_("Grade one submission and say what is right, what is wrong, and why.")))(check)


def list_exercises(course: CourseOption = None, lang: LanguageOption = DEFAULT_LANGUAGE) -> None:
    """Print one exercise per line: its name, and the title of its task sheet."""
    chosen = chosen_course(course, Translator(lang))
    names = chosen.exercises()
    widest = max(map(len, names))
    for name in names:
        line = f"{name:{widest}}  {_title(chosen, name, lang)}".rstrip()
        Console().print(Line(line), soft_wrap=True)


def _title(course: Course, exercise: str, lang: str) -> str:
    """Return the first heading of the task sheet: the rubric's title would need NumPy. "" where there is none."""
    folder = course.folder / "exercises" / exercise
    for sheet in (_sheet(lang), _sheet("en")):
        try:
            lines = (folder / sheet).read_text("utf-8", "replace").splitlines()
        except OSError:
            continue
        heading = next((line for line in lines if line.startswith("# ")), "")
        return clip(one_line(visible(heading.removeprefix("# ").strip())), LONGEST_TITLE)
    return ""


def _sheet(lang: str) -> str:
    return "task.de.md" if lang == "de" else "task.md"


def start(
    exercise: ExerciseArgument,
    folder: Annotated[Path, typer.Argument()] = Path(),
    notebook: Annotated[
        bool, typer.Option("--notebook", help=help_(_("The notebook instead of the .py file.")))
    ] = False,
    course: CourseOption = None,
    lang: LanguageOption = DEFAULT_LANGUAGE,
) -> None:
    """Copy stub and task sheet; never over a file that is there."""
    say = Translator(lang)
    source = rubric_folder(chosen_course(course, say), exercise, say)
    stub, sheet = "submission.ipynb" if notebook else "submission.py", _sheet(lang)
    wanted = (stub, sheet)
    if missing := [name for name in wanted if not (source / name).is_file()]:
        refuse(say(_("This course has no {file} for {exercise}.", file=missing[0], exercise=exercise)))
    if there := [name for name in wanted if (folder / name).exists()]:
        refuse(say(_("{file} is already there; nothing was copied.", file=display_path(folder / there[0]))))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in wanted:
            shutil.copyfile(source / name, folder / name)
            typer.echo(display_path(folder / name))
    except OSError as error:
        refuse(say(cannot_write(error)))
    _say_what_next(exercise, folder, stub, sheet, say)


def _say_what_next(exercise: str, folder: Path, stub: str, sheet: str, say: Translator) -> None:
    found_by_itself = folder.resolve() in (Path.cwd(), Path.cwd() / exercise)
    command = f"grader check {exercise}" + ("" if found_by_itself else f" {display_path(folder / stub)}")
    complain(
        say(
            _(
                "Read {sheet}, write your code into {stub}, then: {command}",
                sheet=sheet,
                stub=stub,
                command=command,
            )
        )
    )


def check(
    exercise: ExerciseArgument,
    file: Annotated[
        Path | None,
        typer.Argument(
            help=help_(_("The .py file or notebook, or its folder. Without it: the one that is here."))
        ),
    ] = None,
    html_out: Annotated[
        Path | None, typer.Option("--html", help=help_(_("Write the report to this file.")))
    ] = None,
    json_out: Annotated[
        str | None, typer.Option("--json", help=help_(_("Write the verdict to this file; - for standard output.")))
    ] = None,
    open_it: Annotated[bool, typer.Option("--open", help=help_(_("Open the report in the browser.")))] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help=help_(_("Check again whenever the file is saved, until Ctrl-C.")))
    ] = False,
    lang: LanguageOption = DEFAULT_LANGUAGE,
    course: CourseOption = None,
    plain: PlainOption = False,
) -> None:
    """Read, run behind walls, judge, report."""
    say = Translator(lang)
    chosen = chosen_course(course, say)
    rubric_folder(chosen, exercise, say)
    file = _meant(chosen, exercise, file, say)
    outputs = Outputs(html_out, json_out, open_it, say)
    if watch:
        _watch(WarmGrader(chosen, mode_for(plain=plain)), exercise, file, outputs, say)
    submission = _read(file, say)
    _require_writable(outputs.files, say)
    with running_grader(chosen, plain=plain, say=say) as grader, step_progress(say) as on_step:
        graded = _graded(grader, exercise, submission, lang, on_step, say)
    try:
        outputs.write(graded)
    except OSError as error:
        refuse(say(cannot_write(error)))
    raise typer.Exit(exit_code(graded.verdict))


def _meant(course: Course, exercise: str, file: Path | None, say: Translator) -> Path:
    """Return the file to check: the one that was named, or the one that is found, which is said."""
    if file is not None and not os.path.isdir(file):  # noqa: PTH112 - False where there is no right to look
        return file
    try:
        found = discovery.find_submission_file(course, exercise, file or Path())
    except SubmissionNotFoundError as error:
        refuse(say(error.text))
    complain(say(_("Checking {file}.", file=display_path(found.path))))
    if found.remark is not None:
        complain(say(found.remark))
    return found.path


def _read(file: Path, say: Translator) -> Submission:
    try:
        return read(file)
    except UnreadableSubmission as error:
        refuse(say(error.text))


def _require_writable(files: list[Path], say: Translator) -> None:
    """Refuse before the work is done rather than after."""
    for file in files:
        if file.is_dir() or not file.absolute().parent.is_dir():
            refuse(
                say(
                    _(
                        "{file} cannot be written: its folder is not there, or it is a folder itself.",
                        file=str(file),
                    )
                )
            )


def _graded(
    grader: Grader, exercise: str, submission: Submission, lang: str, on_step: OnStep, say: Translator
) -> Graded:
    try:
        return grader.grade(exercise, submission, lang, on_step)
    except KeyboardInterrupt:
        stopped(say)


def _watch(grader: WarmGrader, exercise: str, file: Path, outputs: Outputs, say: Translator) -> None:
    """Check again and again, and end as the last check did."""
    if outputs.json_out == "-":
        refuse(say(_("With --watch, name a file for --json: there is more than one verdict.")))
    if not os.path.lexists(file):  # waiting for it would be waiting for a slip of the pen
        _read(file, say)
    _require_writable(outputs.files, say)
    watching = Watching(grader, exercise, file, outputs, say)
    try:
        with grader:
            watching.until_stopped()
    except KeyboardInterrupt:
        complain("")
        raise typer.Exit(watching.code) from None
