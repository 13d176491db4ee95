"""The task sheets of an exercise, in both languages."""

from collections.abc import Iterator

from grader.core.course import Course
from grader.core.i18n import Message, _

SHEETS = ("task.md", "task.de.md")


def find_missing_sheets(course: Course, name: str) -> Iterator[Message]:
    """Yield a complaint for each language in which an exercise has no task sheet."""
    for sheet in SHEETS:
        if not (course.folder / "exercises" / name / sheet).is_file():
            yield _(
                "{exercise} has no {file}: students get the task sheet in both languages.",
                exercise=name,
                file=sheet,
            )
