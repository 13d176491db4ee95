"""A small course, classes that hand in, and a pool that grades them for real."""

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from grader.classroom.folder import ClassFolder, Settings, open_folder, open_store
from grader.classroom.pages import Publisher
from grader.classroom.store import Store
from grader.commands.app import app
from grader.core.course import Course
from grader.grading.local_pool import LocalPool
from grader.grading.results import Mode
from grader.protocol.gradebook import GradebookEntry
from tests.helpers.paths import END_TO_END_COURSE
from tests.helpers.two_functions import RIGHT, RUBRIC

WRONG_SCALE = RIGHT.replace("x / 16", "x / 4")
STUB = """def one_hot(y):
    raise NotImplementedError


def scale(x):
    raise NotImplementedError
"""

Run = Callable[..., Result]


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A course that a test may change."""
    folder = tmp_path / "course" / "exercises" / "two"
    folder.mkdir(parents=True)
    (folder / "rubric.py").write_text(RUBRIC)
    (folder / "submission.py").write_text(STUB)
    shutil.copytree(END_TO_END_COURSE / "exercises" / "networks", tmp_path / "course" / "exercises" / "networks")
    return Course(tmp_path / "course")


@pytest.fixture
def pool(course: Course) -> Iterator[LocalPool]:
    """A pool of two threads on this machine, behind walls."""
    if sys.platform != "linux":
        pytest.skip("the walls are Linux's")
    with LocalPool(course, Mode.WALLS, 2) as started:
        yield started


@pytest.fixture
def class_(tmp_path: Path) -> Path:
    """A folder that two students handed something in to."""
    folder = tmp_path / "class"
    folder.mkdir()
    (folder / "anna.py").write_text(RIGHT)
    (folder / "ben.py").write_text(WRONG_SCALE)
    return folder


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Where results go."""
    return tmp_path / "out"


@pytest.fixture
def run(course: Course) -> Run:
    """Run the program on the course."""

    def running(*arguments: object) -> Result:
        words = [str(a) for a in arguments]
        if words[0] in ("batch", "rescore", "adjust", "similarity"):
            words += ["--course", str(course.folder)]
        return CliRunner().invoke(app, [*words, "--lang", "en"])

    return running


def settings(course: Course, exercise: str = "two", mode: str = "walls") -> Settings:
    """What a class is graded under."""
    return Settings(exercise=exercise, series=exercise, course=str(course.folder), language="en", mode=mode)


def opened(out: Path) -> tuple[ClassFolder, Store, Publisher]:
    """Open the results of a class."""
    folder = open_folder(out)
    store = open_store(folder)
    return folder, store, Publisher(folder, store)


def entries(out: Path) -> dict[str, GradebookEntry]:
    """Return the gradebook by student."""
    _, store, publisher = opened(out)
    with store:
        return {entry.student: entry for entry in publisher.read_gradebook()}


def marks(out: Path) -> dict[str, float | None]:
    """Return the marks by student."""
    return {student: entry.points for student, entry in entries(out).items()}


__all__ = ["RIGHT", "STUB", "WRONG_SCALE", "Run", "entries", "marks", "opened", "settings"]
