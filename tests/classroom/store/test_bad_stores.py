"""What can be wrong with a store or its disk: each time a sentence that says what to do, and nothing is broken."""

import errno
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError

from grader.classroom.store import Store, database, errors
from grader.classroom.store.schema import FORMAT
from grader.core.i18n import Translator
from tests.classroom.store import writers
from tests.classroom.store.conftest import Opener
from tests.classroom.store.made import EXERCISE, hand, kept, refused, start, verdict
from tests.helpers.store_tables import add_hand_in, add_verdict, exercises, history, setting

say = Translator("en")


def opening(folder: Path, url: str | None = None, files: str | None = None) -> str:
    """Return the sentence with which opening is refused."""
    return refused(lambda: Store.open(folder, url, files))


def made(folder: Path) -> Path:
    """Make a store with something in it, and return its database."""
    with Store.open(folder) as store:
        add_verdict(
            store, add_hand_in(store, EXERCISE, hand(), store.begin_run(EXERCISE, "me")), "k", verdict(), "me"
        )
        store.keep_evidence("k", kept())
    return folder / "store.sqlite3"


def alter(file: Path, statement: str) -> None:
    """Change a database behind the store's back."""
    connection = sqlite3.connect(file)
    with connection:
        connection.execute(statement)
    connection.close()


def test_a_store_of_a_newer_version_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    file = made(tmp_path)
    alter(file, "UPDATE grader_store SET schema = 7")
    alter(file, "ALTER TABLE grader_store DROP COLUMN id")
    before = file.read_bytes()
    said = opening(tmp_path)
    assert "newer version" in said
    assert f"format 7; up to {FORMAT}" in said
    assert str(file) in said
    assert file.read_bytes() == before


def test_a_store_of_a_format_that_never_was_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    file = made(tmp_path)
    alter(file, "UPDATE grader_store SET schema = 0")
    before = file.read_bytes()
    assert "is not a store" in opening(tmp_path)
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    "content", [b"x", b"y" * 511, b"id,name\n1,Ada\n" * 1000, b"SQLite format 3\0" + b"\xff" * 5000]
)
def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "store.sqlite3"
    file.write_bytes(content)
    assert f"{file} is not a store" in opening(tmp_path)
    assert file.read_bytes() == content


@pytest.mark.parametrize("statement", ["CREATE TABLE pupils (name)", "CREATE TABLE grader_runs (number)"])
def test_the_database_of_another_program_is_refused_and_left_as_it_is(tmp_path: Path, statement: str) -> None:
    file = tmp_path / "store.sqlite3"
    alter(file, statement)
    before = file.read_bytes()
    assert "is not a store" in opening(tmp_path)
    assert file.read_bytes() == before


@pytest.mark.parametrize("statement", ["DELETE FROM grader_store", "INSERT INTO grader_store VALUES (3, 'x')"])
def test_a_store_without_one_version_is_refused(tmp_path: Path, statement: str) -> None:
    alter(made(tmp_path), statement)
    assert "is not a store" in opening(tmp_path)


def test_an_empty_file_is_a_store_to_be(tmp_path: Path) -> None:
    (tmp_path / "store.sqlite3").touch()
    with Store.open(tmp_path) as store:
        assert exercises(store) == ()


def test_a_damaged_store_is_told(tmp_path: Path) -> None:
    file = made(tmp_path)
    data = bytearray(file.read_bytes())
    data[4096:] = bytes(len(data) - 4096)
    file.write_bytes(data)

    def use() -> None:
        with Store.open(tmp_path) as store:
            store.newest_hand_ins(EXERCISE)

    assert "is damaged" in refused(use)


def test_a_folder_in_the_place_of_the_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "store.sqlite3").mkdir()
    assert "is not a store" in opening(tmp_path)


def test_a_file_in_the_place_of_the_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    assert "cannot be read or written (File exists)" in opening(tmp_path / "a")
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "evidence").touch()
    assert "cannot be read or written" in opening(tmp_path / "b")


@pytest.mark.parametrize(
    ("url", "part"),
    [
        ("rubbish", "not one of a database"),
        ("sqlite://", "in memory is gone"),
        ("sqlite:///:memory:", "in memory is gone"),
        ("sqlite:////no/such/folder/x.sqlite3", "no folder /no/such/folder"),
        ("nosuchdatabase://ada:secret@host/x", "needs a driver that is not installed"),
        ("mssql+pymssql://ada:secret@host/x", "needs a driver that is not installed"),
    ],
)
def test_an_address_that_is_none_is_told_without_its_password(tmp_path: Path, url: str, part: str) -> None:
    said = opening(tmp_path, url)
    assert part in said
    assert "secret" not in said


@pytest.mark.parametrize("files", ["nosuchsystem://bucket/x", "gs://bucket/x"])
def test_a_file_system_that_is_not_there_is_told(tmp_path: Path, files: str) -> None:
    said = opening(tmp_path, None, files)
    assert f"cannot be kept in {files} (" in said
    with Store.open(tmp_path) as store:  # nothing is left half made
        assert exercises(store) == ()


def test_a_store_that_cannot_be_opened_is_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[database.Database] = []
    close = database.Database.close

    def closing(opened: database.Database) -> None:
        closed.append(opened)
        close(opened)

    monkeypatch.setattr(database.Database, "close", closing)
    opening(tmp_path, None, "nosuchsystem://bucket/x")
    assert len(closed) == 1
    alter(tmp_path / "store.sqlite3", "UPDATE grader_store SET schema = 7")
    opening(tmp_path)
    assert len(closed) == 2


def test_a_path_of_any_characters_is_a_path(tmp_path: Path) -> None:
    folder = tmp_path / "a b?c=d%20#é:@\udcff"
    made(folder)
    assert (folder / "store.sqlite3").is_file()
    alter(folder / "store.sqlite3", "UPDATE grader_store SET schema = 7")
    assert "newer version" in opening(folder)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for others a short time only."""
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.2)


@pytest.mark.usefixtures("impatient")
def test_a_store_that_another_program_writes_for_long_is_told_and_loses_nothing(tmp_path: Path) -> None:
    file = made(tmp_path)
    with Store.open(tmp_path) as store:
        other = sqlite3.connect(file, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        for act in (
            lambda: store.keep_evidence("other", kept(b"other")),
            lambda: store.set_default_setting("a", "b"),
            lambda: add_verdict(store, 1, "l", verdict(), "me"),
        ):
            said = refused(act)
            assert "Another program has kept the store" in said
            assert "0 seconds" in said
        other.execute("ROLLBACK")
        store.keep_evidence("other", kept(b"other"))
        assert store.find_evidence("other") == kept(b"other")
        assert setting(store, "a") is None
        assert len(history(store, EXERCISE, "ada")) == 1
        other.close()


@pytest.mark.usefixtures("impatient")
def test_a_store_that_another_program_has_locked_cannot_be_opened_and_is_told(tmp_path: Path) -> None:
    file = tmp_path / "store.sqlite3"
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")  # of a new database
    assert "Another program has kept the store" in opening(tmp_path)
    other.execute("ROLLBACK")
    other.close()
    made(tmp_path)


@pytest.mark.usefixtures("impatient")
def test_a_server_whose_store_another_program_writes_for_long_is_told(opener: Opener) -> None:
    with opener() as store, opener() as other, other._database.write():
        assert "Another program has kept the store" in refused(lambda: store.set_default_setting("a", "b"))


@pytest.mark.usefixtures("impatient")
def test_a_process_that_uses_up_its_own_connections_is_told(opener: Opener) -> None:
    with opener() as store:
        held = [store._database.read() for _ in range(15)]
        for one in held:
            one.__enter__()
        assert "Another program has kept the store" in refused(lambda: setting(store, "a"))
        for one in held:
            one.__exit__(None, None, None)


@pytest.mark.parametrize("what", ["evidence", "verdicts"])
def test_a_full_disk_is_told_and_breaks_nothing(tmp_path: Path, what: str) -> None:
    room = tmp_path / "room"
    room.mkdir()
    process, pipe = start(writers.fill, room / "store", room, what)
    try:
        answer = pipe.recv()
    finally:
        process.join()
    if answer == "cannot mount":
        pytest.skip("nothing can be mounted here")
    require_told(room / "store", *answer)


@pytest.mark.parametrize("what", ["evidence", "verdicts"])
def test_a_file_that_may_not_grow_is_told_and_breaks_nothing(tmp_path: Path, what: str) -> None:
    limit = 400_000 if what == "evidence" else 1_000_000
    process, pipe = start(writers.fill_limited, tmp_path / "store", limit, what)
    answer = pipe.recv()
    process.join()
    require_told(tmp_path / "store", *answer)


def require_told(folder: Path, said: str, again: str, done: int) -> None:
    """Look at what a process said that filled a disk."""
    assert said == again
    assert str(folder) in said
    assert "no room left" in said or "has room" in said
    assert done > 5


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Give a folder that everybody may enter."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o777)
    yield folder
    for path in [folder, *folder.rglob("*")]:
        if path.is_dir():
            path.chmod(0o777)
    shutil.rmtree(folder)


@pytest.mark.parametrize("kind", ["new", "folder", "file", "evidence", "files"])
def test_what_may_not_be_written_is_told(open_folder: Path, kind: str) -> None:
    folder = open_folder / "store"
    if kind == "new":
        open_folder.chmod(0o555)
    elif kind == "files":
        folder.mkdir()
        folder.chmod(0o555)
        made(open_folder / "own")  # making one reads the checkout, which may be root's alone
        for path in [open_folder / "own", *(open_folder / "own").rglob("*")]:
            path.chmod(0o777)
    else:
        made(folder)
        for path in [folder, *folder.rglob("*")]:
            path.chmod(0o777)
        {"folder": folder, "file": folder / "store.sqlite3", "evidence": folder / "evidence"}[kind].chmod(0o555)
        if kind == "evidence":
            shutil.rmtree(next((folder / "evidence").iterdir()))
    process, pipe = start(writers.open_as_nobody, folder, kind, None)
    stage, said = pipe.recv()
    process.join()
    assert stage == "open"  # at once, before anything is graded
    assert "may not be written" in said
    assert str(folder) in said


def sqlite_error(file: Path, kind: str) -> sqlite3.Error:
    """Return an error as SQLite really raises it."""
    prepare, statement = {
        "read only": ("", "DELETE FROM grader_runs"),
        "full": ("PRAGMA max_page_count = 1", "CREATE TABLE a AS SELECT zeroblob(1000000)"),
        "locked": ("", "DROP TABLE grader_settings"),
    }[kind]
    connection = sqlite3.connect(file.as_uri() + ("?mode=ro" if kind == "read only" else ""), uri=True)
    reading = connection.execute("SELECT name FROM sqlite_master")  # not read to its end
    connection.execute(prepare)
    with pytest.raises(sqlite3.Error) as caught:
        connection.execute(statement)
    reading.close()
    connection.close()
    return caught.value


@pytest.mark.parametrize(
    ("kind", "part"),
    [("read only", "may not be written"), ("full", "no room left"), ("locked", "more than 30 seconds")],
)
def test_errors_of_sqlite_are_told(tmp_path: Path, kind: str, part: str) -> None:
    error = DBAPIError("statement", {}, sqlite_error(made(tmp_path), kind))
    assert part in say(errors.explain_database_error(error, "place", 30.0).text)


def test_an_error_of_a_kind_with_details_is_one_of_that_kind(tmp_path: Path) -> None:
    error = sqlite_error(made(tmp_path), "read only")
    error.sqlite_errorcode |= 3 << 8
    assert "may not be written" in say(
        errors.explain_database_error(DBAPIError("", {}, error), "place", 30.0).text
    )


def _driver_error(state: str | None, said: str) -> Exception:
    """Return an error as drivers of PostgreSQL raise it."""
    error = Exception(said)
    error.sqlstate = state  # type: ignore[attr-defined]
    return error


@pytest.mark.parametrize(
    ("state", "part"),
    [
        ("53100", "no room left"),
        ("55P03", "more than 30 seconds"),
        ("40P01", "more than 30 seconds"),
        ("42501", "may not be written"),
        ("25006", "may not be written"),
        ("57P01", "cannot be read or written (said). Check"),
        (None, "cannot be read or written (said). Check"),
    ],
)
def test_errors_of_a_server_are_told(state: str | None, part: str) -> None:
    error = DBAPIError("statement", {}, _driver_error(state, "said\nmore"))
    assert part in say(errors.explain_database_error(error, "place", 30.0).text)


@pytest.mark.parametrize(
    ("error", "part"),
    [
        (OSError(errno.ENOSPC, "x"), "no room left"),
        (OSError(errno.EDQUOT, "x"), "no room left"),
        (OSError(errno.EFBIG, "x"), "no room left"),
        (OSError(errno.EROFS, "x"), "may not be written"),
        (PermissionError(errno.EACCES, "x"), "may not be written"),
        (PermissionError("forbidden by the object store"), "may not be written"),
        (OSError(errno.EIO, os.strerror(errno.EIO)), "(Input/output error)"),
        (RuntimeError("no such bucket\nat all"), "(no such bucket)"),
        (RuntimeError(""), "(RuntimeError)"),
    ],
)
def test_errors_of_a_file_system_are_told(error: Exception, part: str) -> None:
    assert part in say(errors.explain_file_error(error, "place").text)


def test_a_server_that_does_not_answer_is_told(tmp_path: Path) -> None:
    pytest.importorskip("psycopg")
    said = opening(tmp_path, "postgresql://ada:secret@localhost:1/x")
    assert "cannot be read or written" in said
    assert "secret" not in said
