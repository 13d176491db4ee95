"""The commands for a student: list, start, check."""

import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from grader.command_line import (
    DEFAULT_LANGUAGE,
    CourseOption,
    ExerciseArgument,
    ExitCode,
    LanguageOption,
    PlainOption,
    chosen_course,
    help_,
    refuse,
    rubric_folder,
    stopped,
)
from grader.files import UnreadableSubmission
from grader.grade import Graded, Grader
from grader.running import running_grader, step_progress
from grader.sandbox.run import Progress as OnStep
from grader.submission import Submission, read
from grader.text import T, Translator
from grader.verdict import Status, Verdict, encode
from reports import html, terminal


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command("list", help=help_(T("Show the exercises of this course.")))(list_exercises)
    app.command(help=help_(T("Copy the stub of an exercise into a folder, to work on it.")))(start)
    app.command(help=help_(T("Grade one submission and say what is right, what is wrong, and why.")))(check)


def list_exercises(course: CourseOption = None) -> None:
    """Print one exercise per line."""
    for name in chosen_course(course, help_).exercises():
        typer.echo(name)


def start(
    exercise: ExerciseArgument,
    folder: Annotated[Path, typer.Argument()] = Path(),
    notebook: Annotated[
        bool, typer.Option("--notebook", help=help_(T("The notebook instead of the .py file.")))
    ] = False,
    course: CourseOption = None,
    lang: LanguageOption = DEFAULT_LANGUAGE,
) -> None:
    """Copy stub and task sheet; never over a file that is there."""
    say = Translator(lang)
    source = rubric_folder(chosen_course(course, say), exercise, say)
    sheet = "task.de.md" if lang == "de" else "task.md"
    wanted = ("submission.ipynb" if notebook else "submission.py", sheet)
    if missing := [name for name in wanted if not (source / name).is_file()]:
        refuse(say(T("This course has no {file} for {exercise}.", file=missing[0], exercise=exercise)))
    if there := [name for name in wanted if (folder / name).exists()]:
        refuse(say(T("{file} is already there; nothing was copied.", file=str(folder / there[0]))))
    folder.mkdir(parents=True, exist_ok=True)
    for name in wanted:
        shutil.copyfile(source / name, folder / name)
        typer.echo(str(folder / name))


def check(
    exercise: ExerciseArgument,
    file: Path,
    html_out: Annotated[
        Path | None, typer.Option("--html", help=help_(T("Write the report to this file.")))
    ] = None,
    json_out: Annotated[
        str | None, typer.Option("--json", help=help_(T("Write the verdict to this file; - for standard output.")))
    ] = None,
    lang: LanguageOption = DEFAULT_LANGUAGE,
    course: CourseOption = None,
    plain: PlainOption = False,
) -> None:
    """Read, run behind walls, judge, report."""
    say = Translator(lang)
    rubric_folder(chosen_course(course, say), exercise, say)
    submission = _read(file, say)
    _require_writable([html_out, Path(json_out) if json_out and json_out != "-" else None], say)
    with running_grader(chosen_course(course, say), plain=plain, say=say) as grader, step_progress(say) as on_step:
        graded = _graded(grader, exercise, submission, lang, on_step, say)
    _write(graded, html_out, json_out, say)
    raise typer.Exit(exit_code(graded.verdict))


def exit_code(verdict: Verdict) -> ExitCode:
    """Return what a verdict means to the shell."""
    if verdict.status is Status.NOT_GRADED:
        return ExitCode.NOT_GRADED
    return ExitCode.PASSED if verdict.status is Status.PASSED else ExitCode.NOT_ALL_PASSED


def _read(file: Path, say: Translator) -> Submission:
    try:
        return read(file)
    except UnreadableSubmission as error:
        refuse(say(error.text))


def _require_writable(files: list[Path | None], say: Translator) -> None:
    """Refuse before the work is done rather than after."""
    for file in files:
        if file is not None and (file.is_dir() or not file.absolute().parent.is_dir()):
            refuse(
                say(
                    T(
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


def _write(graded: Graded, html_out: Path | None, json_out: str | None, say: Translator) -> None:
    if html_out is not None:
        html_out.write_text(html.render(graded.verdict, graded.exhibits), encoding="utf-8")
    if json_out == "-":
        sys.stdout.write(encode(graded.verdict))
        return
    if json_out is not None:
        Path(json_out).write_text(encode(graded.verdict), encoding="utf-8")
    console = Console()
    terminal.render(graded.verdict, console)
    if html_out is not None:
        console.print(say(T("Report: {file}", file=str(html_out))), markup=False, highlight=False, soft_wrap=True)
