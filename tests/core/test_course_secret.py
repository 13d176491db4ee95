"""The secret of a course: made once, read by nobody else, and refused with a sentence where it cannot be used."""

import os
from pathlib import Path

import pytest

from grader.core.course import Course
from grader.core.course_secret import VARIABLE, CourseSecretError, secret_file, with_own_secret, with_secret
from grader.core.seal import PRACTICE

DIGITS = "0123456789abcdef" * 4


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    monkeypatch.delenv(VARIABLE, raising=False)
    return Course(tmp_path)


def write_secret(course: Course, text: str, mode: int = 0o600) -> Path:
    path = secret_file(course)
    path.parent.mkdir()
    path.write_text(text)
    path.chmod(mode)
    return path


def test_a_course_without_a_secret_has_that_of_practice(course: Course) -> None:
    assert course.secret == PRACTICE
    assert with_secret(course) is None


def test_a_secret_is_made_once_for_this_user_alone(course: Course) -> None:
    made = with_own_secret(course)
    assert len(made.secret) == 32
    assert with_own_secret(course) == with_secret(course) == made
    assert secret_file(course).stat().st_mode & 0o077 == 0
    assert (secret_file(course).parent / ".gitignore").read_text() == "*\n"
    assert made.secret.hex() not in repr(made)


def test_two_courses_get_two_secrets(course: Course, tmp_path: Path) -> None:
    other = Course(tmp_path / "other")
    assert with_own_secret(course).secret != with_own_secret(other).secret


def test_the_variable_comes_first(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    with_own_secret(course)
    monkeypatch.setenv(VARIABLE, f" {DIGITS} ")
    found = with_secret(course)
    assert found is not None
    assert found.secret == bytes.fromhex(DIGITS)


@pytest.mark.parametrize("written", [DIGITS[:-1], DIGITS + "0", "g" * 64, "password", "\udcff"])
def test_what_is_no_secret_is_refused(course: Course, written: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, written)
    with pytest.raises(CourseSecretError, match=f"has to hold 64 hexadecimal digits; received {len(written)}"):
        with_secret(course)


def test_an_empty_file_is_refused_and_not_replaced(course: Course) -> None:
    path = write_secret(course, "")
    with pytest.raises(CourseSecretError, match="received 0 characters"):
        with_own_secret(course)
    assert path.read_text() == ""


@pytest.mark.skipif(os.name != "posix", reason="file modes")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
def test_a_secret_that_others_can_read_is_refused(course: Course, mode: int) -> None:
    path = write_secret(course, DIGITS, mode)
    with pytest.raises(CourseSecretError, match=f"chmod 600 {path}"):
        with_secret(course)


def test_a_folder_in_the_place_of_the_secret_is_refused(course: Course) -> None:
    secret_file(course).mkdir(parents=True)
    with pytest.raises(CourseSecretError, match="cannot be read"):
        with_secret(course)


def test_a_course_that_cannot_be_written_says_what_to_do(course: Course) -> None:
    secret_file(course).parent.write_text("a file in the place of the folder")
    with pytest.raises(CourseSecretError, match="cannot be"):
        with_own_secret(course)


def test_the_course_of_a_wheel_has_its_secret_in_the_users_own_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Course, "is_packed", property(lambda _: True))
    course = Course(Path("/site-packages/grader/_course"))
    assert not secret_file(course).is_relative_to(course.folder)
