"""Processes that are killed, and processes that write at once: what was said to be kept is kept."""

import os
import random
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy

from grader.classroom.store import Store
from grader.classroom.store.blobs import TEMPORARY
from grader.classroom.store.database import Database
from tests.classroom.store import writers
from tests.classroom.store.conftest import Opener
from tests.classroom.store.made import (
    EXERCISE,
    PROCESSES,
    adjustment,
    hand,
    heard,
    kept,
    start,
    submission,
    verdict,
)
from tests.classroom.store.writers import Said
from tests.helpers.store_tables import add_hand_in, add_verdict, change_setting, history, setting

SEED = 20260301
NEVER = 10**9


def require_kept(store: Store, seed: int, said: list[Said]) -> None:
    """Look whether everything is there that one writer was told is kept."""
    entries = {stored.entry.student: stored for stored in store.newest_hand_ins(EXERCISE)}
    for what, number in said:
        student = f"{seed}-{number}"
        if what == "hand_in":
            assert store.read_submission(entries[student].number) == submission(f"x = {seed}, {number}\n")
        elif what == "keep":
            assert store.find_evidence(student) == writers.body_of(seed, number)
        elif what == "judge":
            assert entries[student].entry.verdict == verdict(2.0)
            assert [past.verdict for past in history(store, EXERCISE, student)] == [verdict(1.0), verdict(2.0)]
        elif what == "adjust":
            assert entries[student].entry.adjustments == (adjustment(3.0),)
        elif what == "set":
            assert setting(store, student) == student


def require_whole(store: Store) -> None:
    """Look whether nothing is half there: of what was not said to be kept, either all or nothing is."""
    for stored in store.newest_hand_ins(EXERCISE):
        past = history(store, EXERCISE, stored.entry.student)
        assert len(past) in (0, 2)
        assert all(item.verdict is not None for item in past)
        assert store.read_submission(stored.number).sha256 == stored.sha256
    with store._database.read() as connection:
        for key in connection.execute(sqlalchemy.text("SELECT key FROM grader_evidence")).scalars():
            assert store.find_evidence(key) is not None
        if connection.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalars().all() == ["ok"]
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []


def steps_of(folder: Path, address: str | None, seed: int) -> int:
    """Let a writer come to its end, and return how many steps it took."""
    process, pipe = start(writers.write_until, folder, address, seed, NEVER)
    (*_, end, (_, steps)) = heard(pipe)
    process.join()
    assert end == ("end", 0)
    return int(steps)


def test_writers_that_are_killed_anywhere_leave_a_whole_store_with_all_that_was_said_to_be_kept(
    tmp_path: Path, address: str | None, opener: Opener
) -> None:
    folder, dice = tmp_path / "store", random.Random(SEED)
    steps_of(folder, address, 0)  # makes the store
    steps = steps_of(folder, address, 1)
    told: dict[int, list[Said]] = {}
    for seed in range(2, 20):
        process, pipe = start(writers.write_until, folder, address, seed, dice.randrange(1, steps * 3 // 4))
        told[seed] = heard(pipe)
        process.join()
        assert process.exitcode == -9
        with opener() as store:
            require_kept(store, seed, told[seed])
    with opener() as store:
        for seed, said in told.items():
            require_kept(store, seed, said)
        require_whole(store)
    assert len({len(said) for said in told.values()}) > 6  # they really came to different points


def test_making_a_store_can_be_killed_at_any_step(tmp_path: Path) -> None:
    said: list[Said] = []
    step = 0
    while not said:  # the store is there, and something is in it
        step += 3
        folder = tmp_path / str(step)
        process, pipe = start(writers.write_until, folder, None, 1, step)
        said = heard(pipe)
        process.join()
        assert process.exitcode == -9
        with Store.open(folder) as store:
            require_whole(store)
            store.keep_evidence("key", kept())
            assert store.find_evidence("key") == kept()
    assert step > 30


def test_what_is_kept_survives_who_is_killed_while_keeping_the_same_again(
    tmp_path: Path, address: str | None, opener: Opener
) -> None:
    with opener() as store:
        store.keep_evidence("key", kept())
        number = add_hand_in(store, EXERCISE, hand(), store.begin_run(EXERCISE, "me"))
        said: list[Said] = []
        step = 0
        while not said:
            step += 1
            process, pipe = start(writers.keep_again_until, tmp_path / "store", address, "key", step)
            said = heard(pipe)
            process.join()
            assert store.find_evidence("key") == kept()
            assert store.read_submission(number) == submission()
    assert step > 5


def test_writers_that_are_killed_from_outside_lose_nothing_that_was_said_to_be_kept(
    tmp_path: Path, address: str | None, opener: Opener
) -> None:
    folder, dice = tmp_path / "store", random.Random(SEED)
    with opener() as store:
        for seed in range(1, 16):
            process, pipe = start(writers.write, folder, address, seed)
            said = [pipe.recv() for _ in range(dice.randrange(0, 16))]
            process.kill()
            said += heard(pipe)
            process.join()
            require_kept(store, seed, said)
        require_whole(store)


def test_writers_at_once_do_not_hurt_each_other_nor_keep_two_stores(
    tmp_path: Path, address: str | None, opener: Opener
) -> None:
    barrier = PROCESSES.Barrier(4)
    writing = [start(writers.write, tmp_path / "store", address, seed, barrier) for seed in range(1, 5)]
    said = [heard(pipe) for _, pipe in writing]
    for process, _ in writing:
        process.join()
        assert process.exitcode == 0
    with opener() as store:
        for seed, one in enumerate(said, 1):
            assert one[-1] == ("end", 0)
            require_kept(store, seed, one)
        require_whole(store)
        assert len(store.newest_hand_ins(EXERCISE)) == 20


def test_stores_that_are_made_at_once_are_one(tmp_path: Path) -> None:
    for attempt in range(10):
        barrier = threading.Barrier(6)

        def make(folder: Path = tmp_path / str(attempt), barrier: threading.Barrier = barrier) -> str:
            barrier.wait()
            with Store.open(folder) as store:
                return store._database.id

        with ThreadPoolExecutor(6) as pool:
            assert len({future.result() for future in [pool.submit(make) for _ in range(6)]}) == 1


def test_threads_share_a_store(store: Store) -> None:
    run = store.begin_run(EXERCISE, "me")

    def work(number: int) -> None:
        student = f"s{number}"
        store.keep_evidence(student, kept(student.encode()))
        add_verdict(store, add_hand_in(store, EXERCISE, hand(student), run), student, verdict(number), "me")

    with ThreadPoolExecutor(24) as pool:  # more than there are connections
        list(pool.map(work, range(40)))
    assert len(store.newest_hand_ins(EXERCISE)) == 40
    for number in range(40):
        assert store.find_evidence(f"s{number}") == kept(f"s{number}".encode())
        assert [past.verdict for past in history(store, EXERCISE, f"s{number}")] == [verdict(number)]


def test_the_same_is_written_by_two_at_once(store: Store, opener: Opener) -> None:
    run = store.begin_run(EXERCISE, "me")

    def work(_: int) -> int:
        with opener() as mine:
            mine.keep_evidence("key", kept())
            number = add_hand_in(mine, EXERCISE, hand(), run)
            add_verdict(mine, number, "key", verdict(), "me")
            return number

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(work, range(12)))) == 1
    assert len(history(store, EXERCISE, "ada")) == 1
    assert store.find_evidence("key") == kept()


def test_reading_goes_on_while_another_program_writes(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        add_hand_in(store, EXERCISE, hand(), store.begin_run(EXERCISE, "me"))
        other = sqlite3.connect(tmp_path / "store.sqlite3", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        other.execute("DELETE FROM grader_students")
        assert len(store.newest_hand_ins(EXERCISE)) == 1
        with Store.open(tmp_path) as late:
            assert len(late.newest_hand_ins(EXERCISE)) == 1
        other.close()


def test_writing_goes_on_while_somebody_reads(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        store.set_default_setting("a", "old")
        query = sqlalchemy.text("SELECT value FROM grader_settings WHERE name = 'a'")
        with store._database.read() as connection:
            assert connection.execute(query).scalar() == "old"
            change_setting(store, "a", "new")
            assert connection.execute(query).scalar() == "old"
        assert setting(store, "a") == "new"


def test_a_store_that_others_make_in_the_meantime_is_as_good(
    opener: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = Database._upgrade
    others: list[Store] = []

    def late(database: Database) -> None:
        monkeypatch.setattr(Database, "_upgrade", make)
        others.append(opener())
        make(database)

    monkeypatch.setattr(Database, "_upgrade", late)
    with opener() as store, others[0] as other:
        store.set_default_setting("a", "b")
        assert setting(other, "a") == "b"


@pytest.mark.parametrize("address", [None])
def test_a_writer_waits_until_another_is_finished(store: Store, tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "store" / "store.sqlite3", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(store.set_default_setting, "a", "b")
        assert not waiting.done()
        other.execute("ROLLBACK")
        waiting.result()
    other.close()
    assert setting(store, "a") == "b"


@pytest.mark.parametrize("address", [None])
def test_what_killed_writers_left_among_the_files_is_tidied_and_nothing_else(
    tmp_path: Path, opener: Opener
) -> None:
    """Each is killed right before the blob gets its name, then right after."""
    folder = tmp_path / "store"
    with opener() as store:
        store.keep_evidence("good", kept())
        add_hand_in(store, EXERCISE, hand(), store.begin_run(EXERCISE, "me"))
        good = files_of(folder)
        for seed in range(1, 18):
            process, pipe = start(writers.write_until, folder, None, seed, 20 + 2 * seed)
            heard(pipe)
            process.join()
        left = files_of(folder) - good
        partial = {path for path in left if path.parent.name == TEMPORARY}
        assert len(partial) > 1
        assert len(left - partial) > 3
        store.tidy()  # of whole files, what is young may be wanted in a moment; partial ones name who is gone
        assert files_of(folder) == good | left - partial
        for path in files_of(folder):
            os.utime(path, (0, 0))
        store.tidy()
        assert files_of(folder) >= good
        require_whole(store)
        assert len(files_of(folder)) == len(store._all_used())


def files_of(folder: Path) -> set[Path]:
    """Return the files beside the database."""
    return {path for path in (folder / "evidence").rglob("*") if path.is_file()}
