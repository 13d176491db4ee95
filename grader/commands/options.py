"""What the commands share: options, and how a command ends that cannot do what was asked."""

import contextlib
import io
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from grader.core import course as courses
from grader.core.course import Course
from grader.core.errors import UserError, explain_write_error
from grader.core.exit_codes import ExitCode
from grader.core.i18n import LANGUAGES, Message, Translator, _, default_language
from grader.core.sanitize import display_path

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
MessageLanguageOption = Annotated[
    Language,
    typer.Option("--lang", help=help_(_("Language of messages. Reports stay in the language that they are in."))),
]
PlainOption = Annotated[
    bool, typer.Option("--plain", help=help_(_("Run without walls, in plain processes: only for your own code.")))
]


def find_course_or_exit(folder: Path | None, translate: Translator) -> Course:
    """Return the course that is meant, or refuse."""
    course = courses.find_course(folder)
    with exit_on_user_error(translate):
        course.require_exercises()
    return course


def resolve_exercise_or_exit(course: Course, name: str, translate: Translator) -> str:
    """Return the exercise that a name means, or refuse."""
    with exit_on_user_error(translate):
        return course.resolve_exercise(name)


def find_exercise_or_exit(course: Course, exercise: str, translate: Translator) -> Path:
    """Return the folder of an exercise, or refuse."""
    with exit_on_user_error(translate):
        return course.rubric_file(exercise).parent


def replace_unprintable_characters() -> None:
    """Let no sign end the program: a pipe on Windows has a code page, which lacks most of them."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def print_to_stderr(message: str) -> None:
    """Print something that is not a result: on standard error."""
    from rich.console import Console  # a tenth of a second that only those need who print with it

    Console(stderr=True).print(message, markup=False, highlight=False, soft_wrap=True)


def raise_at_end_signals() -> None:
    """Have signals that ask this program to end raise `KeyboardInterrupt`, as Ctrl-C does, so that it cleans up.

    One that is ignored stays so, as `nohup` wants it.
    """
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)  # Windows lacks the second
        if number is not None and signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, signal.default_int_handler)


def exit_after_interrupt(translate: Translator) -> NoReturn:
    """End after Ctrl-C."""
    print_to_stderr(translate(_("Stopped.")))
    raise typer.Exit(ExitCode.NOT_GRADED) from None


@contextmanager
def exit_on_user_error(translate: Translator) -> Iterator[None]:
    """End because of what people are told: wrong usage, unreadable input."""
    try:
        yield
    except UserError as error:
        refuse(translate(error.text))


def refuse(message: str) -> NoReturn:
    """End because of wrong usage or unreadable input."""
    print_to_stderr(message)
    raise typer.Exit(ExitCode.USAGE)


def describe_write_error(error: OSError) -> Message:
    """Return what to say when a file could not be written."""
    return _(
        "{file} could not be written: {reason}.",
        file=display_path(error.filename or "–"),
        reason=explain_write_error(error),
    )


MissingWallsOption = Annotated[
    bool,
    typer.Option("--despite-missing-walls", help=help_(_("Grade even where this machine lacks a wall."))),
]


def require_walls_possible(plain: bool, cluster: str | None, translate: Translator) -> None:
    """Refuse what cannot be: other people's code is never run without walls by accident."""
    if not plain and cluster is None and sys.platform != "linux":
        refuse(
            translate(
                _(
                    "There are no walls on this system, and a class hands in other people's code. Grade on Linux, "
                    "or say --plain if you trust every submission."
                )
            )
        )
