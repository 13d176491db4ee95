"""The commands for a student: list, start, check."""

import shutil
from pathlib import Path
from typing import Annotated

import typer

from grader.commands.options import (
    DEFAULT_LANGUAGE,
    CourseOption,
    ExerciseArgument,
    LanguageOption,
    PlainOption,
    describe_write_error,
    find_course_or_exit,
    find_exercise_or_exit,
    help_,
    print_to_stderr,
    refuse,
)
from grader.core.course import Course
from grader.core.i18n import Translator, _
from grader.core.sanitize import clip, display_path, one_line, visible

LONGEST_TITLE = 80  # characters


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command("list", help=help_(_("Show the exercises of this course.")))(list_exercises)
    app.command(help=help_(_("Copy the stub of an exercise into a folder, to work on it.")))(start)
    app.command(help=help_(_("Grade one submission and say what is right, what is wrong, and why.")))(check)


def list_exercises(course: CourseOption = None, lang: LanguageOption = DEFAULT_LANGUAGE) -> None:
    """Print one exercise per line: its name, and the title of its task sheet."""
    chosen = find_course_or_exit(course, Translator(lang))
    names = chosen.exercises()
    widest = max(map(len, names))
    for name in names:
        line = f"{name:{widest}}  {_title(chosen, name, lang)}".rstrip()
        typer.echo(line)


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
    translate = Translator(lang)
    source = find_exercise_or_exit(find_course_or_exit(course, translate), exercise, translate)
    stub, sheet = "submission.ipynb" if notebook else "submission.py", _sheet(lang)
    names = (stub, sheet)
    if lacking := [name for name in names if not (source / name).is_file()]:
        refuse(translate(_("This course has no {file} for {exercise}.", file=lacking[0], exercise=exercise)))
    if existing := [name for name in names if (folder / name).exists()]:
        file = display_path(folder / existing[0])
        refuse(translate(_("{file} is already there; nothing was copied.", file=file)))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in names:
            shutil.copyfile(source / name, folder / name)
            typer.echo(display_path(folder / name))
    except OSError as error:
        refuse(translate(describe_write_error(error)))
    _say_what_next(exercise, folder, stub, sheet, translate)


def _say_what_next(exercise: str, folder: Path, stub: str, sheet: str, translate: Translator) -> None:
    found_by_itself = folder.resolve() in (Path.cwd(), Path.cwd() / exercise)
    command = f"grader check {exercise}" + ("" if found_by_itself else f" {display_path(folder / stub)}")
    print_to_stderr(
        translate(
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
    """Grade one submission, or with --watch each save of it."""
    from grader.commands.check_submission import CheckOptions, check_submission, watch_submission
    from grader.commands.output import Outputs

    translate = Translator(lang)
    chosen = find_course_or_exit(course, translate)
    find_exercise_or_exit(chosen, exercise, translate)
    options = CheckOptions(chosen, exercise, file, plain=plain)
    outputs = Outputs(html_out, json_out, open_it, translate)
    raise typer.Exit((watch_submission if watch else check_submission)(options, outputs, translate))
