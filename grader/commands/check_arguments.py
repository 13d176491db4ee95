"""What the words after `grader check` mean: an exercise, a file or folder, and names of criteria or functions."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.core.course import Course
from grader.core.errors import UserError
from grader.core.i18n import _
from grader.core.sanitize import display_path
from grader.submission.exercise_match import find_exercise
from grader.submission.reader import read

ENDINGS = (".py", ".ipynb")


class CheckUsageError(UserError):
    """Words that do not say what is to be checked. `text` says how to say it."""


@dataclass(frozen=True)
class CheckTarget:
    """What is to be checked."""

    exercise: str
    """Its name in the course."""
    file: Path | None
    """The submission or its folder; None to look for it in the current folder."""
    only: tuple[str, ...] = ()
    """Names of criteria and functions; without any, everything is checked."""


def read_arguments(course: Course, words: Sequence[str], only: Sequence[str]) -> CheckTarget:
    """Return what the words of a command line mean.

    Args:
        course: whose exercises are meant.
        words: `[NAME] [FILE] [CRITERION]...` in this order; without a name, the file tells its exercise.
        only: names that cannot be anything but criteria and functions.

    Raises:
        UserError: there is no such exercise, more than one file, or nothing tells the exercise.
    """
    remaining = list(words)
    exercise = ""
    if remaining and not _is_path(remaining[0], course):
        exercise = course.resolve_exercise(remaining.pop(0))
    files = [word for word in remaining if _is_path(word)]
    names = tuple(dict.fromkeys([*(word for word in remaining if word not in files), *only]))
    if len(files) > 1:
        raise CheckUsageError(
            _("One file is checked at a time; received {files}.", files=", ".join(map(display_path, files)))
        )
    file = Path(files[0]) if files else None
    if not exercise:
        file = file or _find_only_file()
        exercise = _recognise(course, file)
    return CheckTarget(exercise, file, names)


def _is_path(word: str, course: Course | None = None) -> bool:
    """Return whether a word names a file or folder. `course`: a folder with the name of an exercise does not."""
    if word.endswith(ENDINGS) or os.sep in word or (os.altsep or os.sep) in word or word in {".", ".."}:
        return True
    if course is not None and word in course.exercises():
        return False
    try:
        return os.path.lexists(word)
    except ValueError:
        return False


def _find_only_file() -> Path:
    """Return the submission in the current folder. Raises `CheckUsageError` where there is none, or several."""
    files = [name for ending in ENDINGS if (name := Path(f"submission{ending}")).exists()]
    if len(files) != 1:
        raise CheckUsageError(
            _("Name the exercise, the file, or both: grader check NAME FILE. grader list shows the exercises.")
        )
    return files[0]


def _recognise(course: Course, file: Path) -> str:
    """Return the exercise that a file solves. Raises `UserError`."""
    if file.is_dir():
        files = [name for ending in ENDINGS if (name := file / f"submission{ending}").exists()]
        file = files[0] if len(files) == 1 else file / "submission.py"
    exercise = find_exercise(course, read(file))
    if exercise is None:
        raise CheckUsageError(
            _(
                "{file} does not tell which exercise it solves. Name it: grader check NAME {file}. This course "
                "has: {known}.",
                file=display_path(file),
                known=", ".join(course.exercises()),
            )
        )
    return exercise
