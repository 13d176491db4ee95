"""What the commands share: exit codes, options, and how they refuse."""

import contextlib
import io
import locale
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum, StrEnum
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from grader import course as courses
from grader.course import Course, UnknownExerciseError
from grader.text import LANGUAGES, T, Text, ToldError, Translator
from grader.verdict import Status, Verdict
from reports.clean import one_line, visible


class ExitCode(IntEnum):
    """What a command says to the shell."""

    PASSED = 0  # everything passed
    NOT_ALL_PASSED = 1  # graded, but not all passed
    USAGE = 2  # wrong usage or unreadable input
    NOT_GRADED = 3  # something could not be graded


def default_language() -> str:
    """Return the language of the user's terminal, if the grader speaks it, else English."""
    wanted = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    code = (locale.normalize(wanted) or "").split("_")[0].lower()
    return code if code in LANGUAGES else "en"


Language = StrEnum("Language", {code: code for code in LANGUAGES})  # type: ignore[misc]
DEFAULT_LANGUAGE = Language(default_language())
help_ = Translator(DEFAULT_LANGUAGE)


def exercise_names(context: typer.Context, incomplete: str) -> list[str]:
    """Return what the shell may complete the name of an exercise to; nothing where there is no course."""
    with contextlib.suppress(OSError):
        course = courses.find(context.params.get("course"))
        return [name for name in course.exercises() if name.startswith(incomplete)]
    return []


_NAME = help_(T("Name of the exercise: see grader list."))
ExerciseArgument = Annotated[str, typer.Argument(metavar="NAME", help=_NAME, autocompletion=exercise_names)]
ExercisesArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="NAME", help=help_(T("Only this exercise. Without it: all.")), autocompletion=exercise_names
    ),
]
CourseOption = Annotated[
    Path | None,
    typer.Option(
        "--course", help=help_(T("Folder of the course. Without it: the one that holds the current folder."))
    ),
]
LanguageOption = Annotated[Language, typer.Option("--lang", help=help_(T("Language of messages and report.")))]
PlainOption = Annotated[
    bool, typer.Option("--plain", help=help_(T("Run without walls, in plain processes: only for your own code.")))
]


def chosen_course(folder: Path | None, say: Translator) -> Course:
    """Return the course that is meant, or refuse."""
    course = courses.find(folder)
    if not course.exercises():
        refuse(say(no_exercises(course)))
    return course


def no_exercises(course: Course) -> Text:
    """Return what to say about a folder that is no course."""
    return T("There are no exercises in {folder}: no exercises/NAME/rubric.py.", folder=str(course.folder))


def rubric_folder(course: Course, exercise: str, say: Translator) -> Path:
    """Return the folder of an exercise, or refuse."""
    try:
        return course.rubric_file(exercise).parent
    except UnknownExerciseError as error:
        refuse(say(unknown_exercise(error)))


def unknown_exercise(error: UnknownExerciseError) -> Text:
    """Return what to say about a name that no exercise has."""
    known = ", ".join(error.known) or "–"
    return T("There is no exercise {name!r}. This course has: {known}.", name=error.name, known=known)


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


def shown(path: Path | str) -> str:
    """Return a path as it may be printed: on one line, without characters that steer a terminal."""
    return one_line(visible(str(path)))


def complain(message: str) -> None:
    """Say something that is not a result."""
    Console(stderr=True).print(message, markup=False, highlight=False, soft_wrap=True)


def stopped(say: Translator) -> NoReturn:
    """End after Ctrl-C."""
    complain(say(T("Stopped.")))
    raise typer.Exit(ExitCode.NOT_GRADED) from None


@contextmanager
def told(say: Translator) -> Iterator[None]:
    """End because of what people are told: wrong usage, unreadable input."""
    try:
        yield
    except ToldError as error:
        refuse(say(error.text))


def refuse(message: str) -> NoReturn:
    """End because of wrong usage or unreadable input."""
    complain(message)
    raise typer.Exit(ExitCode.USAGE)
