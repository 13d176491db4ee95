"""Create a new exercise from the templates in `exercise_templates/`."""

import keyword
import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from string import Template

from grader.authoring.notebooks import write_notebook
from grader.core.course import COURSE_FOLDERS, SHIPPED_FOLDER, Course, find_enclosing_course
from grader.core.errors import UserError
from grader.core.i18n import Message, _

TEMPLATES = Path(__file__).resolve().parent / "exercise_templates"
SUFFIX = ".template"
MAX_NAME_LENGTH = 40
# Words that stand in the paths of a course, and names that Windows keeps for devices.
RESERVED = frozenset(
    {"exercises", "reference", "variants", "submission", "submissions", "rubric", "task", "grader"}
)
RESERVED |= {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}


class ExerciseKind(StrEnum):
    """What an exercise is about."""

    CLASSIFICATION = "classification"
    REGRESSION = "regression"
    FUNCTIONS = "functions"


class ScaffoldError(UserError):
    """An exercise cannot be created in this course or under this name. `text` says why."""


@dataclass(frozen=True)
class NewExercise:
    """The files of an exercise that was just created."""

    course: Course
    files: tuple[Path, ...]  # sorted


def find_authors_course(folder: Path | None) -> Course:
    """Find the course that an author writes in: that of `folder`, else the one around the current folder.

    Without either, the current folder becomes one.

    Raises:
        ScaffoldError: The folder does not exist, or it is the course that is installed with the package.
    """
    course = Course(folder.absolute()) if folder is not None else find_enclosing_course() or Course(Path.cwd())
    if not course.folder.is_dir():
        raise ScaffoldError(_("There is no folder {folder}.", folder=str(course.folder)))
    # A checkout of the grader is a course to work in, and has its reference beside it; an installed one has not.
    if course.folder.resolve().is_relative_to(SHIPPED_FOLDER) and not (SHIPPED_FOLDER / "reference").is_dir():
        raise ScaffoldError(
            _(
                "{folder} belongs to the installed grader. Choose a folder of your own, with --course or by going "
                "there.",
                folder=str(course.folder),
            )
        )
    return course


def find_name_problem(course: Course, name: str) -> Message | None:
    """Return what is wrong with the name of a new exercise, or None."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or keyword.iskeyword(name) or len(name) > MAX_NAME_LENGTH:
        return _(
            "{name!r} cannot be the name of an exercise: lower-case letters, digits and _ expected, a letter "
            "first, at most {longest} of them, and no word of Python's own.",
            name=name,
            longest=MAX_NAME_LENGTH,
        )
    if name in RESERVED:
        return _("{name!r} means something else in a course. Choose another name.", name=name)
    for room in COURSE_FOLDERS:
        if os.path.lexists(folder := course.folder / room / name):
            return _("{folder} is already there; nothing was written.", folder=str(folder))
    return None


def create_exercise(course: Course, name: str, kind: ExerciseKind) -> NewExercise:
    """Write a new exercise with its reference; all of it or nothing. Raises `ScaffoldError`."""
    if problem := find_name_problem(course, name):
        raise ScaffoldError(problem)
    rooms = [course.folder / room for room in COURSE_FOLDERS]
    new_rooms = [room for room in rooms if not room.exists()]
    created: list[Path] = []
    try:
        for room in rooms:
            room.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".new-", dir=course.folder) as drafts:
            for side in COURSE_FOLDERS:
                _fill_templates(TEMPLATES / kind / side, Path(drafts) / side, name)
            # The reference first: an exercise is listed as soon as its rubric is there.
            for side in reversed(COURSE_FOLDERS):
                target = course.folder / side / name
                (Path(drafts) / side).rename(target)
                created.append(target)
    except BaseException as error:
        for folder in created:
            shutil.rmtree(folder)
        for room in new_rooms:
            if room.is_dir() and not any(room.iterdir()):
                room.rmdir()
        if not isinstance(error, OSError):
            raise
        raise ScaffoldError(
            _(
                "The exercise could not be written in {folder}: {error}. Nothing was left there.",
                folder=str(course.folder),
                error=error.strerror or str(error),
            )
        ) from error
    files = sorted(file for folder in created for file in folder.rglob("*") if file.is_file())
    return NewExercise(course, tuple(files))


def _fill_templates(templates: Path, folder: Path, name: str) -> None:
    """Fill in every template of a folder, and make the notebook."""
    values = {"name": name, "title": name.replace("_", " ").capitalize()}
    for template in sorted(templates.rglob(f"*{SUFFIX}")):
        file = folder / template.relative_to(templates).with_name(template.name.removesuffix(SUFFIX))
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(Template(template.read_text("utf-8")).substitute(values), encoding="utf-8", newline="\n")
    write_notebook(folder / "submission.py")
