"""Another exercise's hand-in is recognised by its functions, and by nothing less."""

from pathlib import Path

import pytest

from grader.core.course import SHIPPED_FOLDER, Course
from grader.protocol.submission import Submission, Unit
from grader.submission.exercise_match import find_functions, looks_like, read_stub_functions
from grader.submission.reader import read

STUBS = {
    "digits": "def load(): ...\ndef train(): ...\n",
    "wine": "def load(): ...\ndef cultivars(): ...\ndef grapes(): ...\n",
    "lines": "def slope(): ...\n",
    "rows": "def slope(): ...\n",
    "empty": "",
}


@pytest.fixture
def course(tmp_path: Path) -> Course:
    for name, stub in STUBS.items():
        (tmp_path / "exercises" / name).mkdir(parents=True)
        (tmp_path / "exercises" / name / "rubric.py").write_text("")
        (tmp_path / "exercises" / name / "submission.py").write_text(stub)
    (tmp_path / "exercises" / "stubless").mkdir()
    (tmp_path / "exercises" / "stubless" / "rubric.py").write_text("")
    return Course(tmp_path)


def submission(*sources: str) -> Submission:
    return Submission("a.py", "", "notebook", tuple(Unit(s, s, n) for n, s in enumerate(sources, 1)))


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        (["def cultivars(): pass", "def grapes(): pass"], "wine"),
        (["def cultivars(): pass", "async  def grapes (x): pass"], "wine"),
        (["def cultivars(): pass"], None),  # a third of it
        # They share a function, but all of the other's are there, and half of this one's are not.
        (["def load(): pass", "def cultivars(): pass", "def grapes(): pass"], "wine"),
        (["def load(): pass", "def cultivars(): pass"], None),
        (["def load(): pass", "def train(): pass", "def cultivars(): pass", "def grapes(): pass"], None),
        (["def slope(): pass"], None),  # of two others
        (["x = 1", "# def grapes(): and def cultivars():"], None),
        (["class A:\n    def cultivars(): pass\n    def grapes(): pass"], None),
        ([], None),
        (["def mine(): pass"], None),
    ],
)
def test_what_it_looks_like(course: Course, sources: list[str], expected: str | None) -> None:
    assert looks_like(course, "digits", submission(*sources)) == expected


def test_nothing_is_told_of_exercises_without_a_stub(course: Course) -> None:
    assert looks_like(course, "stubless", submission("def cultivars(): 1\ndef grapes(): 1")) is None
    assert read_stub_functions(course, "stubless") == read_stub_functions(course, "empty") == frozenset()


def test_each_shipped_stub_looks_like_its_own_exercise_and_no_other() -> None:
    course = Course(SHIPPED_FOLDER)
    for name in course.exercises():
        for file in ("submission.py", "submission.ipynb"):
            stub = read(SHIPPED_FOLDER / "exercises" / name / file)
            assert looks_like(course, name, stub) is None
            assert find_functions(unit.source for unit in stub.units) == read_stub_functions(course, name)


def test_shipped_stubs_are_recognised_elsewhere() -> None:
    course = Course(SHIPPED_FOLDER)
    for name in course.exercises():
        stub = read(SHIPPED_FOLDER / "exercises" / name / "submission.py")
        for other in course.exercises():
            if not read_stub_functions(course, name) & read_stub_functions(course, other):
                assert looks_like(course, other, stub) == name
