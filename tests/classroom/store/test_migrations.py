"""Stores of older formats are brought to today's when they are opened; those of newer ones are refused."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from grader.classroom.store import Store, migrations
from grader.classroom.store.database import Database
from grader.classroom.store.migrations import VERSION_TABLE, TargetFormat
from grader.classroom.store.schema import FORMAT, metadata
from tests.classroom.store.conftest import Opener
from tests.classroom.store.made import EXERCISE, PROCESSES, hand, heard, kept, refused, start, verdict
from tests.helpers.store_tables import add_hand_in, add_verdict

NEXT = """
import time

import sqlalchemy as sa
from alembic import op

revision = "{new}"
down_revision = "{old}"


def upgrade():
    op.add_column("grader_runs", sa.Column("note", sa.Text, nullable=False, server_default="of old"))
    time.sleep({seconds})  # others come meanwhile
    op.execute("{statement}")
"""


def next_format(folder: Path, statement: str = "SELECT 1", seconds: float = 0.0) -> TargetFormat:
    """Return a format after today's: one more column for runs."""
    shutil.copytree(TargetFormat().folder, folder, ignore=shutil.ignore_patterns("__pycache__"))
    step = NEXT.format(
        new=migrations.revision_of(FORMAT + 1),
        old=migrations.revision_of(FORMAT),
        statement=statement,
        seconds=seconds,
    )
    (folder / "versions" / "next.py").write_text(step)
    return TargetFormat(FORMAT + 1, folder)


def notes(connection: Connection) -> list[str]:
    """Return what the column of the next format holds."""
    return list(connection.execute(sqlalchemy.text("SELECT note FROM grader_runs")).scalars())


def formats(connection: Connection) -> list[int]:
    """Return the formats that the store says it has: one."""
    return list(connection.execute(sqlalchemy.text("SELECT schema FROM grader_store")).scalars())


def differences(connection: Connection) -> list[object]:
    """Return what the tables have otherwise than the schema says, but for Alembic's own."""
    context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
    return list(compare_metadata(context, metadata))


@pytest.fixture
def address_of(tmp_path: Path, address: str | None) -> str:
    """Return the address of the store that `opener` opens."""
    return address or f"sqlite:///{tmp_path}/store/store.sqlite3"


def test_a_new_store_has_the_tables_of_the_schema_and_is_at_the_last_revision(store: Store) -> None:
    with store._database.read() as connection:
        assert differences(connection) == []
        revision = connection.execute(sqlalchemy.text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar_one()
    assert revision == migrations.revision_of(FORMAT)


def test_the_steps_end_at_the_format_that_the_program_reads() -> None:
    script = ScriptDirectory(str(TargetFormat().folder))
    assert script.get_current_head() == migrations.revision_of(FORMAT)
    assert [step.revision for step in script.walk_revisions()] == [
        migrations.revision_of(number) for number in range(FORMAT, 0, -1)
    ]


@pytest.mark.parametrize("noted", [True, False], ids=["with a revision", "of a release before migrations"])
def test_a_store_of_an_older_format_is_upgraded_and_loses_nothing(
    tmp_path: Path, opener: Opener, address_of: str, noted: bool
) -> None:
    with opener() as store:
        add_verdict(
            store, add_hand_in(store, EXERCISE, hand(), store.begin_run(EXERCISE, "me")), "k", verdict(), "me"
        )
        store.keep_evidence("k", kept())
        if not noted:
            with store._database.write() as connection:
                connection.execute(sqlalchemy.text(f"DROP TABLE {VERSION_TABLE}"))
    target = next_format(tmp_path / "migrations")
    for _ in range(2):  # the second time, there is nothing to do
        database = Database(address_of, target)
        assert database.id == store._database.id
        with database.read() as connection:
            assert notes(connection) == ["of old"]
            assert formats(connection) == [FORMAT + 1]
            assert connection.execute(sqlalchemy.text("SELECT count(*) FROM grader_verdicts")).scalar() == 1
        database.close()
    said = refused(opener)
    assert "newer version" in said
    assert f"format {FORMAT + 1}; up to {FORMAT}" in said


def test_a_new_store_goes_through_all_steps(tmp_path: Path, address_of: str) -> None:
    (tmp_path / "store").mkdir()
    database = Database(address_of, next_format(tmp_path / "migrations"))
    with database.read() as connection:
        assert notes(connection) == []
        assert formats(connection) == [FORMAT + 1]
    database.close()


def test_an_upgrade_that_fails_leaves_the_store_as_it_was(tmp_path: Path, opener: Opener, address_of: str) -> None:
    with opener() as store:
        store.begin_run(EXERCISE, "me")
    bad = next_format(tmp_path / "migrations", "DELETE FROM no_such_table")
    assert "cannot be read or written" in refused(lambda: Database(address_of, bad))
    with opener() as store:
        assert store.begin_run(EXERCISE, "me") == 2
        with store._database.read() as connection:
            assert differences(connection) == []


def upgrade_at_once(url: str, target: TargetFormat, _: None, pipe: object, begin: object) -> None:
    """Open a database at the same time as others, and say what is in it."""
    pipe.send("here")  # type: ignore[attr-defined]
    begin.wait()  # type: ignore[attr-defined]
    database = Database(url, target)
    with database.read() as connection:
        pipe.send((database.id, notes(connection)))  # type: ignore[attr-defined]
    database.close()


@pytest.mark.parametrize("old", [True, False], ids=["older store", "no store yet"])
def test_processes_that_open_at_once_upgrade_once(
    tmp_path: Path, opener: Opener, address_of: str, old: bool
) -> None:
    (tmp_path / "store").mkdir()
    if old:
        with opener() as store:
            store.begin_run(EXERCISE, "me")
    target = next_format(tmp_path / "migrations", seconds=0.3)
    begin = PROCESSES.Event()
    started = [start(upgrade_at_once, address_of, target, None, begin) for _ in range(3)]
    for _, pipe in started:
        assert pipe.recv() == "here"
    begin.set()
    said = [heard(pipe) for _, pipe in started]
    for process, _ in started:
        process.join()
    assert len({store_id for ((store_id, _),) in said}) == 1
    assert all(held == (["of old"] if old else []) for ((_, held),) in said)


def test_threads_that_open_at_once_upgrade_once(tmp_path: Path, opener: Opener, address_of: str) -> None:
    with opener() as store:
        store.begin_run(EXERCISE, "me")
    target = next_format(tmp_path / "migrations")

    def work(_: int) -> list[str]:
        database = Database(address_of, target)
        with database.read() as connection:
            held = notes(connection)
        database.close()
        return held

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(work, range(4))) == [["of old"]] * 4
