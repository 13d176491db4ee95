"""A class is graded with one secret: a lost or exchanged one is refused, and nothing shows it."""

import os
import sys
from pathlib import Path

import msgspec
import pytest

from grader.classroom.folder import SETTINGS, ClassFolder, ClassFolderError, Settings, open_folder, seal_course
from grader.core.course import Course
from grader.core.course_secret import VARIABLE, secret_file, with_own_secret
from grader.core.seal import PRACTICE, PRACTICE_NAME, UNSEALED, name_seal
from tests.helpers.class_fixtures import Run, entries

OTHER = "ab" * 32


def folder_of(tmp_path: Path, seal: str) -> ClassFolder:
    settings = Settings(exercise="two", series="two-1", course="", language="en", mode="walls", seal=seal)
    return ClassFolder(tmp_path, settings)


@pytest.fixture
def own(course: Course, monkeypatch: pytest.MonkeyPatch) -> Course:
    """A course with a secret in its folder."""
    monkeypatch.delenv(VARIABLE)
    return with_own_secret(course)


def test_a_class_gets_the_secret_that_it_was_begun_with(own: Course, course: Course, tmp_path: Path) -> None:
    assert seal_course(course, folder_of(tmp_path, name_seal(own.secret))) == own
    assert seal_course(course, folder_of(tmp_path, "")).secret == UNSEALED
    assert seal_course(course, folder_of(tmp_path, PRACTICE_NAME)).secret == PRACTICE


def test_a_lost_secret_is_refused(own: Course, course: Course, tmp_path: Path) -> None:
    secret_file(own).unlink()
    with pytest.raises(ClassFolderError, match=f"is missing: .*{name_seal(own.secret)}.*Restore it from a backup"):
        seal_course(course, folder_of(tmp_path, name_seal(own.secret)))


def test_an_exchanged_secret_is_refused(
    own: Course, course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, OTHER)
    received = name_seal(bytes.fromhex(OTHER))
    with pytest.raises(ClassFolderError, match=f"{name_seal(own.secret)}, but that of this course is {received}"):
        seal_course(course, folder_of(tmp_path, name_seal(own.secret)))


@pytest.mark.skipif(sys.platform != "linux", reason="the walls are Linux's")
def test_a_class_from_the_first_run_to_a_lost_secret(
    run: Run, course: Course, class_: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What is graded here runs in processes of the fixture, which have the secret of its course.
    secret = os.environ[VARIABLE]
    assert run("batch", "two", class_, "--out", out).exit_code == 0
    seal = name_seal(bytes.fromhex(secret))
    assert open_folder(out).settings.seal == seal
    assert not [path for path in out.rglob("*") if path.is_file() and secret.encode() in path.read_bytes()]
    assert run("rescore", out).exit_code == 0
    assert {entry.verdict.seal for entry in entries(out).values() if entry.verdict is not None} == {seal}

    monkeypatch.setenv(VARIABLE, OTHER)
    for command in (("batch", "two", class_, "--out", out), ("rescore", out)):
        refused = run(*command)
        assert refused.exit_code == 2
        assert "Restore the old secret" in refused.output
    monkeypatch.setenv(VARIABLE, "short")
    assert "has to hold 64 hexadecimal digits" in run("rescore", out).output


@pytest.mark.skipif(sys.platform != "linux", reason="the walls are Linux's")
def test_a_class_that_was_begun_before_there_were_secrets_stays_without(run: Run, class_: Path, out: Path) -> None:
    assert run("batch", "two", class_, "--out", out).exit_code == 0
    settings = msgspec.json.decode((out / SETTINGS).read_bytes())
    del settings["seal"]
    (out / SETTINGS).write_bytes(msgspec.json.encode(settings))
    assert run("batch", "two", class_, "--out", out).exit_code == 0
    assert open_folder(out).settings.seal == ""
