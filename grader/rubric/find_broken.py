"""Find the broken rubrics of a course: `python -m grader.rubric.find_broken FOLDER NAME...`.

A program of its own, so that `grader list` imports neither NumPy nor what an author has written. Each line that it
prints is JSON: the name of an exercise, and what is wrong with its rubric, or null. What rubrics print goes to
standard error.
"""

import contextlib
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from grader.core.course import Course
from grader.core.errors import RubricFileError
from grader.core.i18n import Message
from grader.rubric.loader import load_usable_rubric

Finding = tuple[str, Message | None]


def main(arguments: Sequence[str]) -> None:
    """Read each rubric with its data, and print what is wrong with it."""
    folder, *names = arguments
    course, out = Course(Path(folder)), sys.stdout
    for name in names:
        with contextlib.redirect_stdout(sys.stderr):
            problem = _find_problem(course, name)
        out.write(f"{msgspec.json.encode((name, problem)).decode()}\n")
        out.flush()


def _find_problem(course: Course, name: str) -> Message | None:
    try:
        load_usable_rubric(course, name)
    except RubricFileError as error:
        return error.text
    return None


if __name__ == "__main__":
    main(sys.argv[1:])
