"""Finding the file that a student means: in the obvious places, and asking where it is not obvious."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.core.course import SHIPPED_FOLDER, Course
from grader.core.i18n import Translator
from grader.submission.discovery import SubmissionNotFoundError, find_submission_file
from tests.end_to_end.conftest import notebook

COURSE = Course(SHIPPED_FOLDER)
DIGITS = SHIPPED_FOLDER / "exercises" / "digits"
MINE = "def load():\n    return 1, 2\n"
SAY = Translator("en")

Lay = Callable[..., None]


@pytest.fixture
def lay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lay:
    """Lay files into the current folder: a text, or None for the stub of digits."""
    monkeypatch.chdir(tmp_path)

    def laying(**files: str | None) -> None:
        for key, text in files.items():
            path = tmp_path / key.replace("__", "/").replace("_", ".")
            path.parent.mkdir(exist_ok=True)
            if text is None:
                shutil.copyfile(DIGITS / f"submission{path.suffix}", path)
            elif path.suffix == ".ipynb":
                notebook(path.parent, text).rename(path)
            else:
                path.write_text(text)

    return laying


def found(folder: Path = Path()) -> str:
    """Return the path that is found, with / between folders."""
    return find_submission_file(COURSE, "digits", folder).path.as_posix()


def refused(folder: Path = Path()) -> str:
    """Return what is said when nothing is chosen."""
    with pytest.raises(SubmissionNotFoundError) as caught:
        find_submission_file(COURSE, "digits", folder)
    return SAY(caught.value.text)


@pytest.mark.parametrize("name", ["submission_py", "submission_ipynb", "digits_py", "digits_ipynb"])
@pytest.mark.parametrize("folder", ["", "digits__"])
def test_each_name_is_found_here_and_in_the_folder_of_the_exercise(lay: Lay, name: str, folder: str) -> None:
    lay(**{folder + name: MINE})
    assert found() == (folder + name).replace("__", "/").replace("_", ".")


def test_a_folder_that_is_named_is_looked_into(lay: Lay, tmp_path: Path) -> None:
    lay(work__submission_py=MINE)
    assert found(Path("work")) == "work/submission.py"
    assert "There is no file to check" in refused()


def test_nothing_there_says_where_was_looked_and_how_to_start(lay: Lay, tmp_path: Path) -> None:
    lay(notes_py=MINE, other__submission_py=MINE)
    said = refused()
    assert str(tmp_path) in said
    assert "digits.ipynb" in said
    assert said.endswith("grader start digits")


def test_a_folder_whose_name_no_system_takes_has_no_files() -> None:
    assert "There is no file to check" in refused(Path("a" * 1000))


def test_of_script_and_notebook_the_one_that_was_worked_on_is_meant(lay: Lay, tmp_path: Path) -> None:
    lay(submission_py=None, submission_ipynb=MINE)
    assert found() == "submission.ipynb"
    lay(submission_py=MINE, submission_ipynb=None)
    assert found() == "submission.py"


def test_both_worked_on_is_asked_about_with_a_command_that_chooses(lay: Lay) -> None:
    lay(submission_py=MINE, submission_ipynb=MINE, digits__submission_py=MINE)
    said = refused()
    assert "submission.py, submission.ipynb, digits" in said
    assert said.endswith("grader check digits submission.py")


def test_neither_worked_on_is_asked_about_too(lay: Lay) -> None:
    lay(submission_py=None, submission_ipynb=None)
    assert "It is not clear which file is meant" in refused()


def test_white_space_and_outputs_are_no_work(lay: Lay, tmp_path: Path) -> None:
    lay(submission_py=None, digits_py=MINE)
    stub = tmp_path / "submission.py"
    stub.write_text(stub.read_text().replace("\n\n\n", "  \n\n\n") + "\n\n")
    assert found() == "digits.py"


def test_a_file_that_cannot_be_read_was_worked_on(lay: Lay, tmp_path: Path) -> None:
    lay(submission_py=None)
    (tmp_path / "submission.ipynb").write_text("{")
    assert found() == "submission.ipynb"


def test_a_stub_that_nobody_touched_is_found_and_said_to_be_one(lay: Lay) -> None:
    lay(submission_py=None)
    remark = find_submission_file(COURSE, "digits", Path()).remark
    assert remark is not None
    assert SAY(remark) == "submission.py is still as it was handed out."


def test_work_on_another_exercise_is_not_meant(lay: Lay, tmp_path: Path) -> None:
    lay(digits__submission_py=MINE)
    shutil.copyfile(SHIPPED_FOLDER / "reference" / "wine" / "submission.py", tmp_path / "submission.py")
    assert found() == "digits/submission.py"
    (tmp_path / "digits" / "submission.py").unlink()
    assert "submission.py looks like a solution of wine, not of digits" in refused()
    (tmp_path / "submission.py").rename(tmp_path / "digits.py")  # the name says what is meant
    assert found() == "digits.py"


def test_the_courses_own_file_is_never_taken_in_silence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "exercises" / "digits"
    own.mkdir(parents=True)
    shutil.copyfile(DIGITS / "submission.py", own / "submission.py")
    monkeypatch.chdir(own.parent)
    chosen = find_submission_file(Course(tmp_path), "digits", Path())
    assert chosen.path == Path("digits/submission.py")
    assert chosen.remark is not None
    assert "is the course's own file" in SAY(chosen.remark)


def test_folders_with_such_names_and_names_with_steering_characters_do_no_harm(lay: Lay, tmp_path: Path) -> None:
    (tmp_path / "submission.py").mkdir()
    strange = tmp_path / "a\u202eb\nc"
    strange.mkdir()
    assert "There is no file to check" in refused()
    said = refused(strange)
    assert "\u202e" not in said
    assert "\n" not in said
    assert "⟨U+202E⟩" in said


def test_an_exercise_without_a_stub_takes_what_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bare.py").write_text(MINE)
    assert find_submission_file(Course(tmp_path), "bare", Path()).path == Path("bare.py")
