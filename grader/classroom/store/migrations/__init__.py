"""Bring the tables of a store to the format that this program reads, step by step, with Alembic.

The format of a store is a number in its table `grader_store`. Each number has one file in `versions/`, whose
revision is that number in four digits: `0001` is the format of the releases before migrations, so that a store of
theirs is at revision 0001 although nothing in it says so. To change the tables: change `schema.py`, raise
`FORMAT`, and add the file that makes the new tables of the old ones; a test compares both ways.
"""

import threading
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy
from sqlalchemy import Connection, insert, select, update

from grader.classroom.store.schema import FORMAT, new_store_id, stores

VERSION_TABLE = "grader_migrations"  # where Alembic notes the revision; beside the tables of others on a server
_one_at_a_time = threading.Lock()  # Alembic's context is a global of the process


@dataclass(frozen=True)
class TargetFormat:
    """The format that stores are brought to."""

    number: int = FORMAT
    folder: Path = Path(__file__).parent  # holds `env.py` and `versions/`


def revision_of(format_: int) -> str:
    """Return the name of the revision that makes a format."""
    return f"{format_:04}"


def upgrade(connection: Connection, target: TargetFormat) -> None:
    """Make the tables where there are none, or bring older ones to the target format.

    Everything happens in the connection's transaction. Where another process was faster, nothing is done.

    Raises:
        sqlalchemy.exc.DBAPIError: The database refuses a step, or another process makes the same tables now.
    """
    store_format = None
    if sqlalchemy.inspect(connection).has_table(stores.name):
        # On a server, this waits for whoever upgrades the same store, and sees what they did.
        store_format = connection.execute(select(stores.c.schema).with_for_update()).scalar_one()
        if store_format >= target.number:
            return
    with _one_at_a_time:
        _run_alembic(connection, target, store_format)
    if store_format is None:
        connection.execute(insert(stores).values(schema=target.number, id=new_store_id()))
    else:
        connection.execute(update(stores).values(schema=target.number))


def _run_alembic(connection: Connection, target: TargetFormat, store_format: int | None) -> None:
    from alembic import command  # takes longer than opening a store, and most need no step
    from alembic.config import Config

    config = Config(attributes={"connection": connection, "version_table": VERSION_TABLE})
    config.set_main_option("script_location", str(target.folder).replace("%", "%%"))
    if store_format is not None and not sqlalchemy.inspect(connection).has_table(VERSION_TABLE):
        command.stamp(config, revision_of(store_format))
    command.upgrade(config, revision_of(target.number))
