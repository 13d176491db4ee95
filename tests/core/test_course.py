"""Courses: folders that are found, and rubrics that are read when they are asked for."""

from pathlib import Path

import pytest

from grader.core.course import SHIPPED_FOLDER, Course, find_course
from grader.core.errors import UnknownExerciseError
from grader.rubric.loader import load_rubric

RUBRIC = """
from grader.rubric.checks import OneHot
from grader.rubric import Bilingual, Criterion, Rubric, Task
T = Bilingual(en="x", de="x")
RUBRIC = Rubric(title=T, task=Task("functions"), data=dict, criteria=(
    Criterion(id="a", points=100, title=T, lesson=T, check=OneHot("one_hot", 10)),))
"""


@pytest.fixture
def course(tmp_path: Path) -> Course:
    for name, text in (
        ("good", RUBRIC),
        ("empty", ""),
        ("other", "RUBRIC = 3"),
        ("broken", "import nothing_such"),
    ):
        (tmp_path / "exercises" / name).mkdir(parents=True)
        (tmp_path / "exercises" / name / "rubric.py").write_text(text)
    (tmp_path / "exercises" / "draft").mkdir()
    return Course(tmp_path)


def test_exercises_are_the_folders_with_a_rubric(course: Course) -> None:
    assert course.exercises() == ("broken", "empty", "good", "other")
    assert Course(course.folder / "nowhere").exercises() == ()


def test_a_rubric_is_read(course: Course) -> None:
    assert [c.id for c in load_rubric(course, "good").criteria] == ["a"]


@pytest.mark.parametrize("name", ["empty", "other"])
def test_a_file_without_a_rubric_says_what_is_missing(course: Course, name: str) -> None:
    with pytest.raises(TypeError, match=f"rubric.py of {name} has to define RUBRIC"):
        load_rubric(course, name)


def test_what_a_rubric_raises_is_not_hidden(course: Course) -> None:
    with pytest.raises(ModuleNotFoundError, match="nothing_such"):
        load_rubric(course, "broken")


@pytest.mark.parametrize("name", ["draft", "nothing", "../good", ""])
def test_unknown_exercises_name_the_known_ones(course: Course, name: str) -> None:
    with pytest.raises(UnknownExerciseError) as unknown:
        load_rubric(course, name)
    assert unknown.value.name == name
    assert "good" in unknown.value.exercises


def test_the_hash_is_that_of_the_file(course: Course) -> None:
    first = course.rubric_hash("good")
    assert len(first) == 16
    assert first == course.rubric_hash("good")
    course.rubric_file("good").write_text(RUBRIC + "\n")
    assert course.rubric_hash("good") != first


def test_the_hash_is_that_of_all_files_that_judge_and_of_no_other(course: Course) -> None:
    folder = course.rubric_file("good").parent
    hashes = [course.rubric_hash("good")]

    def write(name: str, text: str) -> None:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)

    for name in ("task.md", "task.de.md", "submission.py", ".notes/helper.py", "__pycache__/helper.pyc"):
        write(name, "x")
        assert course.rubric_hash("good") == hashes[0], name
    for name, text in (("helper.py", "x"), ("helper.py", "y"), ("data/task.md", "x"), ("data/rubric.py", "x")):
        write(name, text)
        hashes.append(course.rubric_hash("good"))
    (folder / "helper.py").rename(folder / "other.py")
    hashes.append(course.rubric_hash("good"))
    assert len(set(hashes)) == len(hashes)


def test_the_course_around_the_current_folder_is_found(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(course.folder / "exercises" / "draft")
    assert find_course() == course
    assert find_course(Path("elsewhere")).folder == Path.cwd() / "elsewhere"


def test_without_a_course_the_shipped_one_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert find_course().folder == SHIPPED_FOLDER
    assert "digits" in find_course().exercises()
