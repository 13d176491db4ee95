"""What the commands share: exit codes, options, and how they refuse."""

import contextlib
import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from grader.core import course as courses
from grader.core.course import Course
from grader.core.errors import UserError
from grader.core.exit_codes import ExitCode
from grader.core.i18n import LANGUAGES, Translator, _, default_language
from grader.protocol.verdict import Status, Verdict

Language = StrEnum("Language", {code: code for code in LANGUAGES})  # type: ignore[misc]
DEFAULT_LANGUAGE = Language(default_language())
help_ = Translator(DEFAULT_LANGUAGE)


def exercise_names(context: typer.Context, incomplete: str) -> list[str]:
    """Return what the shell may complete the name of an exercise to; nothing where there is no course."""
    with contextlib.suppress(OSError):
        course = courses.find_course(context.params.get("course"))
        return [name for name in course.exercises() if name.startswith(incomplete)]
    return []


_NAME = help_(_("Name of the exercise: see grader list."))
ExerciseArgument = Annotated[str, typer.Argument(metavar="NAME", help=_NAME, autocompletion=exercise_names)]
ExercisesArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="NAME", help=help_(_("Only this exercise. Without it: all.")), autocompletion=exercise_names
    ),
]
CourseOption = Annotated[
    Path | None,
    typer.Option(
        "--course", help=help_(_("Folder of the course. Without it: the one that holds the current folder."))
    ),
]
LanguageOption = Annotated[Language, typer.Option("--lang", help=help_(_("Language of messages and report.")))]
PlainOption = Annotated[
    bool, typer.Option("--plain", help=help_(_("Run without walls, in plain processes: only for your own code.")))
]


def chosen_course(folder: Path | None, say: Translator) -> Course:
    """Return the course that is meant, or refuse."""
    course = courses.find_course(folder)
    with exit_on_user_error(say):
        course.require_exercises()
    return course


def rubric_folder(course: Course, exercise: str, say: Translator) -> Path:
    """Return the folder of an exercise, or refuse."""
    with exit_on_user_error(say):
        return course.rubric_file(exercise).parent


def printable() -> None:
    """Let no sign end the program: a pipe on Windows has a code page, which lacks most of them."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def exit_code(verdict: Verdict) -> ExitCode:
    """Return what a verdict means to the shell."""
    if verdict.status is Status.NOT_GRADED:
        return ExitCode.NOT_GRADED
    return ExitCode.PASSED if verdict.status is Status.PASSED else ExitCode.NOT_ALL_PASSED


def complain(message: str) -> None:
    """Say something that is not a result."""
    Console(stderr=True).print(message, markup=False, highlight=False, soft_wrap=True)


def stopped(say: Translator) -> NoReturn:
    """End after Ctrl-C."""
    complain(say(_("Stopped.")))
    raise typer.Exit(ExitCode.NOT_GRADED) from None


@contextmanager
def exit_on_user_error(say: Translator) -> Iterator[None]:
    """End because of what people are told: wrong usage, unreadable input."""
    try:
        yield
    except UserError as error:
        refuse(say(error.text))


def refuse(message: str) -> NoReturn:
    """End because of wrong usage or unreadable input."""
    complain(message)
    raise typer.Exit(ExitCode.USAGE)


MissingWallsOption = Annotated[
    bool,
    typer.Option("--despite-missing-walls", help=help_(_("Grade even where this machine lacks a wall."))),
]


def require_walls_possible(plain: bool, cluster: str | None, say: Translator) -> None:
    """Refuse what cannot be: other people's code is never run without walls by accident."""
    if not plain and cluster is None and sys.platform != "linux":
        refuse(
            say(
                _(
                    "There are no walls on this system, and a class hands in other people's code. Grade on Linux, "
                    "or say --plain if you trust every submission."
                )
            )
        )
