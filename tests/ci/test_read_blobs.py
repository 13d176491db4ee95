"""Files of the work tree, as a hook names them: graded where they lie, compared with nothing."""

from dataclasses import replace
from pathlib import Path

import pytest

from grader.ci import pipeline
from grader.ci.pipeline import grade_files
from grader.protocol.change_result import ChangeResult, exit_code
from tests.ci.answering import NO_BASE, refused
from tests.ci.repositories import Repo, with_course
from tests.helpers.two_functions import RIGHT

pytestmark = pytest.mark.usefixtures("nothing_is_run")


@pytest.fixture
def here(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the course, as the current one."""
    monkeypatch.chdir(repo.folder)
    return repo.folder


def of(*files: str | Path) -> ChangeResult:
    """Return the answer to files."""
    answer, pages = grade_files([Path(file) for file in files], NO_BASE)
    assert pages == {}
    return answer


def test_files_that_are_no_submissions_are_green(here: Path) -> None:
    (here / "tool.py").write_text("x = 1\n")
    answer = of("tool.py", "README.md", "exercises/two/rubric.py")
    assert (answer.outcomes, answer.notes, exit_code(answer)) == ((), (), 0)
    assert (answer.course, answer.base) == ("folder", "")


def test_a_misplaced_file_is_an_error(here: Path) -> None:
    (here / "submission.py").write_text(RIGHT)
    (here / "x.py").write_text(RIGHT)
    answer = of("submission.py", "x.py")
    assert [note.severity for note in answer.notes] == ["error", "error"]
    assert exit_code(answer) == 2


def test_a_refusal_is_an_answer_too(here: Path) -> None:
    answer, pages = grade_files([here / "x.py"], replace(NO_BASE, course=here / "two"))
    assert "two" in refused(answer)
    assert pages == {}


@pytest.mark.parametrize("name", ["two/nowhere.py", "two", "../outside.py", "/"])
def test_a_file_that_is_not_there_or_elsewhere_is_an_error(here: Path, name: str) -> None:
    (here / "two").mkdir()
    (here.parent / "outside.py").write_text(RIGHT)
    answer = of(name)
    assert [(note.severity, note.path) for note in answer.notes] == [("error", name)]
    assert exit_code(answer) == 2


def test_folders_count_from_the_repository_not_from_the_current_folder(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "two").mkdir()
    (here / "two" / "a.py").symlink_to("/etc/passwd")
    monkeypatch.chdir(here / "two")
    monkeypatch.setattr(pipeline, "_start_pool", lambda *_: (None, ""))
    [outcome] = of("a.py").outcomes
    assert (outcome.path, outcome.exercise) == ("two/a.py", "two")
    assert "leads out of its folder" in outcome.problem


def test_the_folders_around_the_repository_do_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repo = with_course(tmp_path / "two" / "repo")
    (repo.folder / "x.py").write_text("x = 1\n")
    monkeypatch.chdir(repo.folder)
    assert of("x.py").outcomes == ()
