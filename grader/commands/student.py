"""The commands for a student: list, start, check."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from grader.commands.options import (
    DEFAULT_LANGUAGE,
    CourseOption,
    ExerciseArgument,
    LanguageOption,
    PlainOption,
    describe_write_error,
    exercise_names,
    exit_on_user_error,
    find_course_or_exit,
    find_exercise_or_exit,
    help_,
    print_to_stderr,
    refuse,
    resolve_exercise_or_exit,
)
from grader.core.course import Course
from grader.core.exit_codes import ExitCode
from grader.core.i18n import Translator, _
from grader.core.sanitize import clip, display_path, one_line, visible

if TYPE_CHECKING:
    from grader.authoring.learning_path import LearningPath

LONGEST_TITLE = 80  # characters


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command("list", help=help_(_("Show the exercises of this course.")))(list_exercises)
    app.command(help=help_(_("Copy the stub of an exercise into a folder, to work on it.")))(start)
    app.command(help=help_(_("Grade one submission and say what is right, what is wrong, and why.")))(check)


def list_exercises(course: CourseOption = None, lang: LanguageOption = DEFAULT_LANGUAGE) -> None:
    """Print one exercise per line, in the order of the learning path; then what is wrong with any."""
    from grader.authoring.learning_path import read_learning_path
    from grader.authoring.task_sheets import find_missing_sheets
    from grader.commands.broken_rubrics import find_broken_rubrics

    translate = Translator(lang)
    chosen = find_course_or_exit(course, translate)
    names = chosen.exercises()
    path, path_problems = read_learning_path(chosen)
    for line in _list_lines(chosen, path, translate):
        typer.echo(line)
    sys.stdout.flush()
    is_complete = True
    for problem in (
        *path_problems,
        *(c for name in names for c in find_missing_sheets(chosen, name)),
        *find_broken_rubrics(chosen),
    ):
        print_to_stderr(translate(problem))
        is_complete = False
    raise typer.Exit(ExitCode.PASSED if is_complete else ExitCode.USAGE)


def _list_lines(course: Course, path: "LearningPath", translate: Translator) -> Iterator[str]:
    """Yield a line for each exercise, under the title of its part where the course has a learning path."""
    names = course.exercises()
    widest = max(map(len, names))

    def line_of(name: str) -> str:
        return f"{name:{widest}}  {_title(course, name, translate.language)}".rstrip()

    for part in path.part:
        yield one_line(visible(getattr(part.title, translate.language)))
        for exercise in part.exercise:
            if exercise.name in names:
                effort = _("{hours} h", hours=exercise.hours)
                if exercise.after:
                    effort = _("{hours} h, after {names}", hours=exercise.hours, names=", ".join(exercise.after))
                yield f"  {line_of(exercise.name)} ({translate(effort)})"
    others = [name for name in names if name not in {exercise.name for exercise in path.exercises()}]
    if not path.part:
        yield from map(line_of, others)
    elif others:
        yield translate(_("Other exercises"))
        yield from (f"  {line_of(name)}" for name in others)


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
    """Copy stub, task sheet and what else students get; never over a file that is there."""
    translate = Translator(lang)
    chosen = find_course_or_exit(course, translate)
    exercise = resolve_exercise_or_exit(chosen, exercise, translate)
    source = find_exercise_or_exit(chosen, exercise, translate)
    stub, sheet = "submission.ipynb" if notebook else "submission.py", _sheet(lang)
    sources = {stub: _translated_stub(source, stub, lang), sheet: source / sheet}
    sources |= {path.name: path for path in chosen.list_handout(exercise) if path.name not in sources}
    names = tuple(sources)
    if lacking := [name for name in names if not sources[name].is_file()]:
        refuse(translate(_("This course has no {file} for {exercise}.", file=lacking[0], exercise=exercise)))
    if existing := [name for name in names if (folder / name).exists()]:
        file = display_path(folder / existing[0])
        refuse(translate(_("{file} is already there; nothing was copied.", file=file)))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in names:
            shutil.copyfile(sources[name], folder / name)
            typer.echo(display_path(folder / name))
    except OSError as error:
        refuse(translate(describe_write_error(error)))
    _say_what_next(exercise, folder, stub, sheet, translate)


def _translated_stub(folder: Path, stub: str, lang: str) -> Path:
    """Return the stub in a language, where the exercise has one; else the one in English."""
    translated = folder / stub.replace(".", f".{lang}.", 1)
    return translated if translated.is_file() else folder / stub


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
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="NAME FILE CRITERIA",
            help=help_(
                _(
                    "Name of the exercise; the .py file or notebook, or its folder (without it: the one that is "
                    "here); criteria or functions to check (without them: all). A file alone tells its exercise."
                )
            ),
            autocompletion=exercise_names,
        ),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(
            "--only", metavar="NAME", help=help_(_("Check this criterion or function only. May be repeated."))
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
    fresh: Annotated[
        bool,
        typer.Option("--fresh", help=help_(_("Run everything anew, even what was checked before."))),
    ] = False,
    lang: LanguageOption = DEFAULT_LANGUAGE,
    course: CourseOption = None,
    plain: PlainOption = False,
) -> None:
    """Grade one submission, or with --watch each save of it."""
    from grader.commands.check_arguments import read_arguments
    from grader.commands.check_options import CheckOptions
    from grader.commands.check_submission import check_submission, watch_submission
    from grader.commands.output import Outputs

    translate = Translator(lang)
    chosen = find_course_or_exit(course, translate)
    with exit_on_user_error(translate):
        target = read_arguments(chosen, words or (), only or ())
    options = CheckOptions(chosen, target.exercise, target.file, target.only, plain=plain, fresh=fresh)
    outputs = Outputs(html_out, json_out, open_it, translate)
    raise typer.Exit((watch_submission if watch else check_submission)(options, outputs, translate))
