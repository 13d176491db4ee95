"""The order in which the exercises of a course are best done, from `exercises/learning_path.toml` if it has one.

[[part]]
title = {en = "One neuron", de = "Ein Neuron"}

[[part.exercise]]
name = "logistic_regression"
hours = 3
after = ["linear_regression"]
"""

import itertools
from collections.abc import Iterator
from typing import Annotated

import msgspec

from grader.core.course import Course
from grader.core.i18n import Message, _

FILE = "learning_path.toml"


class PartTitle(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The title of a part in each language."""

    en: str
    de: str


class PathExercise(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An exercise on the path."""

    name: str
    hours: Annotated[int, msgspec.Meta(ge=1, le=200)]  # that a student works on it, roughly
    after: tuple[str, ...] = ()  # exercises that it builds on


class PathPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of the course, with its exercises in the order in which they are best done."""

    title: PartTitle
    exercise: tuple[PathExercise, ...] = ()


class LearningPath(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The parts of a course, in order."""

    part: tuple[PathPart, ...] = ()

    def exercises(self) -> tuple[PathExercise, ...]:
        """Return the exercises of all parts, in order."""
        return tuple(itertools.chain.from_iterable(part.exercise for part in self.part))


def read_learning_path(course: Course) -> tuple[LearningPath, tuple[Message, ...]]:
    """Read the learning path of a course.

    Returns:
        The path, empty where the course has none or where it cannot be read; and what is wrong with it.
    """
    file = course.folder / "exercises" / FILE
    if not file.is_file():
        return LearningPath(), ()
    try:
        path = msgspec.toml.decode(file.read_bytes(), type=LearningPath)
    except (OSError, ValueError, msgspec.MsgspecError) as error:
        return LearningPath(), (_("{file} cannot be read: {error}", file=str(file), error=str(error)),)
    return path, tuple(_find_problems(path, course))


def _find_problems(path: LearningPath, course: Course) -> Iterator[Message]:
    names = course.exercises()
    earlier: set[str] = set()
    for exercise in path.exercises():
        if exercise.name not in names:
            yield _("{file} names {exercise!r}, which this course lacks.", file=FILE, exercise=exercise.name)
        if exercise.name in earlier:
            yield _("{file} has {exercise} twice.", file=FILE, exercise=exercise.name)
        for name in exercise.after:
            if name not in earlier:
                yield _(
                    "{file}: {exercise} builds on {earlier!r}, which has to come before it.",
                    file=FILE,
                    exercise=exercise.name,
                    earlier=name,
                )
        earlier.add(exercise.name)
