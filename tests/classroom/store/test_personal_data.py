"""Rows of a student are read and deleted as a whole, and nothing is left of them in any file of the store."""

import sqlite3
from pathlib import Path

import pytest

from grader.classroom.store import Judgement, Store
from grader.classroom.store.database import Database
from tests.classroom.store.made import EXERCISE, hand, kept, verdict

SECRET = "the secret code of ada"


def enter(store: Store, student: str, code: str, key: str, exercise: str = EXERCISE) -> None:
    """Enter a hand-in with evidence and a verdict."""
    (number,) = store.add_hand_ins(exercise, [hand(student, code)], store.begin_run(exercise, "me"))
    store.keep_evidence(key, kept(code.encode()))
    store.add_verdicts([Judgement(number=number, key=key, verdict=verdict(), by="me")])


def erase(store: Store, student: str, exercise: str = EXERCISE) -> None:
    """Delete a student as `grader forget` does."""
    personal = store.personal_data
    erasure = personal.erase(exercise, [student], [student])
    assert personal.find_unfinished(exercise) == erasure
    personal.remove_files(exercise, erasure)
    personal.finish(exercise)
    assert personal.find_unfinished(exercise) is None


def find_bytes(folder: Path, text: str) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file() and text.encode() in path.read_bytes())


def test_everything_is_read_and_everything_is_deleted(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        enter(store, "ada", SECRET, "key of ada")
        enter(store, "ada", f"{SECRET}!", "second key of ada")
        enter(store, "bob", "x = 2", "key of bob")
        records = store.personal_data.read(EXERCISE, "ada")
        assert [one.is_newest for one in records.hand_ins] == [False, True]
        assert [len(one.verdicts) for one in records.hand_ins] == [1, 1]
        assert {one.key for one in records.evidence} == {"key of ada", "second key of ada"}
        assert all(one.bytes > 0 for one in records.evidence)
        erase(store, "ada")
        assert store.personal_data.read(EXERCISE, "ada").hand_ins == ()
        assert store.find_evidence("key of ada") is None
        assert store.find_evidence("key of bob") is not None
        assert store.read_submission(3).units[0].original == "x = 2"
        # Also while the store is open: neither free pages nor the log have anything.
        assert find_bytes(tmp_path, "ada") == []


def test_evidence_of_the_same_bytes_stays_for_the_other_one(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        enter(store, "ada", "x = 1", "key")
        enter(store, "bob", "x = 1", "key")
        erase(store, "ada")
        assert store.find_evidence("key") is not None
        erase(store, "bob")
        assert store.find_evidence("key") is None


def test_what_a_crash_left_goes_too_where_no_other_class_uses_the_store(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        enter(store, "ada", "x = 1", "key")
        # Evidence without a verdict, and a file that nothing refers to.
        store.keep_evidence("key of a crash", kept(SECRET.encode()))
        store._blobs.put(f"file: {SECRET}".encode())
        assert len(find_bytes(tmp_path, SECRET)) == 2
        enter(store, "carl", "x = 3", "key of carl", exercise="another class")
        erase(store, "ada")
        assert len(find_bytes(tmp_path, SECRET)) == 2  # the other class may be writing these just now
        assert store.personal_data.list_other_classes(EXERCISE, "carl") == ["another class"]
        erase(store, "carl", "another class")
        enter(store, "ada", "x = 1", "key")
        erase(store, "ada")
        assert find_bytes(tmp_path, SECRET) == []


def test_what_an_older_version_deleted_is_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "store.sqlite3"
    with Store.open(tmp_path) as store:
        enter(store, "ada", "x = 1", "key")
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA secure_delete = OFF")
    connection.execute("INSERT INTO grader_settings VALUES ('x', ?)", (SECRET * 200,))
    connection.commit()
    connection.execute("DELETE FROM grader_settings WHERE name = 'x'")
    connection.commit()
    connection.close()
    assert find_bytes(tmp_path, SECRET) == [file.name]
    with Store.open(tmp_path) as store:
        erase(store, "ada")
    assert find_bytes(tmp_path, SECRET) == []


def test_a_reader_that_does_not_let_go_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from grader.classroom.store import StoreError, database

    monkeypatch.setattr(database, "BUSY_SECONDS", 0.2)
    with Store.open(tmp_path) as store:
        enter(store, "ada", "x = 1", "key")
        reader = sqlite3.connect(tmp_path / "store.sqlite3", isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM grader_runs").fetchall()
        with pytest.raises(StoreError, match="more than"):
            store._database.compact()
        reader.close()
        store._database.compact()


def test_a_server_compacts_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database = Database(f"sqlite:///{tmp_path / 'store.sqlite3'}")
    monkeypatch.setattr(Database, "_is_sqlite", False)
    monkeypatch.setattr(database, "_engine", None)  # what is not touched need not be there
    database.compact()
