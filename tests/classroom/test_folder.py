"""The folder of a class: safe file names, whole files, refusals with a sentence."""

import errno
import os
import pickle
from pathlib import Path
from typing import NoReturn

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.classroom import folder as folder_module
from grader.classroom.folder import (
    REPORTS,
    SETTINGS,
    SIMILARITY,
    ClassFolder,
    ClassFolderError,
    Settings,
    _create,
    new_series_name,
    open_folder,
    prepare_folder,
    write_file,
)
from grader.core.i18n import Translator, _

SETTINGS_OF_A_CLASS = Settings(exercise="two", series="two-1", course="/course", language="en", mode="walls")
FOLDER = ClassFolder(Path("/out"), SETTINGS_OF_A_CLASS)


@given(st.text())
def test_any_student_has_a_safe_report(student: str) -> None:
    folder, _, name = FOLDER.report_address(student).partition("/")
    assert folder == REPORTS
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")
    assert not name.startswith((".", "-"))
    assert name.endswith(".html")
    assert len(name) < 64


@given(st.text(), st.text())
def test_two_students_never_share_a_report(one: str, other: str) -> None:
    assert (FOLDER.report_address(one).lower() == FOLDER.report_address(other).lower()) == (one == other)


def test_lone_surrogates_are_names_too() -> None:
    assert FOLDER.report_address("a\udcff") != FOLDER.report_address("a\udcfe")


def test_what_was_prepared_is_found_again(tmp_path: Path) -> None:
    made = prepare_folder(tmp_path / "new" / "out", SETTINGS_OF_A_CLASS)
    assert open_folder(made.path).settings == SETTINGS_OF_A_CLASS
    wanted = Settings(exercise="two", series="two-2", course="/moved", language="de", mode="walls", anonymous=True)
    again = prepare_folder(made.path, wanted)
    assert again.settings.series == "two-1"  # the hand-ins are still those
    assert (again.settings.course, again.settings.language, again.settings.anonymous) == ("/moved", "de", True)
    assert open_folder(made.path).settings == again.settings


def test_a_store_elsewhere_is_remembered(tmp_path: Path) -> None:
    elsewhere = Settings(
        exercise="two",
        series="s",
        course="/c",
        language="en",
        mode="walls",
        store="sqlite:///x",
        files="memory://x",
    )
    prepare_folder(tmp_path, elsewhere)
    again = prepare_folder(tmp_path, SETTINGS_OF_A_CLASS).settings
    assert (again.store, again.files) == ("sqlite:///x", "memory://x")


def test_series_are_never_the_same() -> None:
    assert len({new_series_name("two") for _ in range(100)}) == 100


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "holds no graded class"),
        ("{", "cannot be read"),
        ('{"exercise": 1}', "cannot be read"),
        (
            '{"schema": 2, "exercise": "two", "series": "s", "course": "c", "language": "en", "mode": "walls"}',
            "made by a newer grader",
        ),
    ],
)
def test_what_is_no_folder_of_a_class_is_refused(tmp_path: Path, text: str | None, said: str) -> None:
    if text is not None:
        (tmp_path / SETTINGS).write_text(text)
    with pytest.raises(ClassFolderError) as raised:
        open_folder(tmp_path)
    assert said in raised.value.text.msgid


def test_a_file_is_replaced_in_one_piece_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    write_file(tmp_path / "a.html", "old")
    write_file(tmp_path / "a.html", "new \udcff")
    assert (tmp_path / "a.html").read_text() == "new ?"
    assert [p.name for p in tmp_path.iterdir()] == ["a.html"]
    assert (tmp_path / "a.html").stat().st_mode & 0o777 == 0o644


def test_what_cannot_be_written_is_a_sentence_and_nothing_is_lost(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("kept")
    with pytest.raises(ClassFolderError, match="cannot be written") as raised:
        write_file(tmp_path / "a" / "b.html", "new")
    assert raised.value.text.params["reason"] == os.strerror(errno.EEXIST)
    assert (tmp_path / "a").read_text() == "kept"


def test_a_full_disk_is_named_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> NoReturn:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(folder_module, "replace_file", full)
    with pytest.raises(ClassFolderError) as raised:
        write_file(tmp_path / "a.html", "new")
    said = Translator("en")(raised.value.text)
    assert "a.html cannot be written (there is no room left on the disk)" in said
    assert "What was graded so far is kept; make room" in said


def test_reports_of_others_are_removed_and_nothing_else(tmp_path: Path) -> None:
    folder = ClassFolder(tmp_path, SETTINGS_OF_A_CLASS)
    mine, other = folder.report_address("anna"), folder.report_address("ben")
    folder.write_file(mine, "")
    folder.write_file(other, "")
    (tmp_path / REPORTS / "notes.txt").write_text("an instructor's own")
    folder.remove_reports_except({mine})
    assert {f"{REPORTS}/{p.name}" for p in (tmp_path / REPORTS).iterdir()} == {mine, f"{REPORTS}/notes.txt"}


def test_a_password_is_used_and_not_written_down(tmp_path: Path) -> None:
    url = "postgresql+psycopg://me:geheim@host/grades?password=geheim&sslmode=require"
    wanted = msgspec.structs.replace(SETTINGS_OF_A_CLASS, store=url)
    assert prepare_folder(tmp_path, wanted).settings.store == url
    assert "geheim" not in (tmp_path / SETTINGS).read_text()
    assert open_folder(tmp_path).settings.store == "postgresql+psycopg://me@host/grades?sslmode=require"
    assert prepare_folder(tmp_path, wanted).settings.store == url
    assert "geheim" not in (tmp_path / SETTINGS).read_text()


def test_of_two_who_make_a_folder_at_once_one_does(tmp_path: Path) -> None:
    assert _create(tmp_path / SETTINGS, b"first")
    assert not _create(tmp_path / SETTINGS, b"second")
    assert (tmp_path / SETTINGS).read_bytes() == b"first"
    assert [p.name for p in tmp_path.iterdir()] == [SETTINGS]


@pytest.mark.parametrize("anonymous", [True, False])
def test_a_page_that_names_students_goes_when_names_do(tmp_path: Path, anonymous: bool) -> None:
    prepare_folder(tmp_path, SETTINGS_OF_A_CLASS).write_file(SIMILARITY, "anna and ben")
    prepare_folder(tmp_path, msgspec.structs.replace(SETTINGS_OF_A_CLASS, anonymous=anonymous))
    assert (tmp_path / SIMILARITY).exists() is not anonymous


def test_errors_for_people_cross_processes() -> None:
    error = pickle.loads(pickle.dumps(ClassFolderError(_("{file} is gone", file="a"))))
    assert isinstance(error, ClassFolderError)
    assert error.text == _("{file} is gone", file="a")
    assert str(error) == "a is gone"
