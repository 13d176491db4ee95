"""The connection to the database: checked before anything is written, and used in whole transactions."""

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy
from sqlalchemy import URL, Connection, Engine, event, select
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from grader.classroom.store import errors, migrations
from grader.classroom.store.errors import StoreError, printable
from grader.classroom.store.migrations import TargetFormat
from grader.classroom.store.schema import stores
from grader.core.i18n import _

BUSY_SECONDS = 30.0  # how long another program may write before it is an error
LEAST_BYTES = 512  # of a database of SQLite: one page of the shortest kind


class Database:
    """A database with the tables of a store; `id` tells this store from all others. Thread-safe."""

    def __init__(self, url: str | URL, target: TargetFormat | None = None) -> None:
        """Open it: make the tables where there are none, and bring those of an older format to the target.

        Raises:
            StoreError: There is no store and none can be made, or it has a newer format than the target.
        """
        self._target = target or TargetFormat()
        self.url = _url(url)
        self.place = _place(self.url)
        _require_writable(self.url, self.place)
        self._engine = self._start()
        try:
            self.id = self._require_store()
            self._write_ahead()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Read in one transaction. Raises `StoreError`."""
        with self._explained(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Write in one transaction, all of it or nothing, while nobody else writes. Raises `StoreError`."""
        with self._explained(), self._engine.execution_options(writes=True).begin() as connection:
            connection.execute(select(stores.c.schema).with_for_update())
            yield connection

    def compact(self) -> None:
        """Write the file anew, without what earlier versions deleted, and empty its log. A server does so itself.

        Raises `StoreError`, among others while another program reads.
        """
        if not self._is_sqlite:
            return
        with self._explained(), contextlib.closing(self._engine.raw_connection()) as connection:
            try:
                cursor = connection.cursor()
                cursor.execute("VACUUM")
                is_busy, *_pages = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone() or (0,)
            except sqlite3.Error as error:
                raise DBAPIError("VACUUM", None, error) from error
        if is_busy:
            raise errors.locked(self.place, BUSY_SECONDS)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except IntegrityError:
            raise  # a fault of this program
        except DBAPIError as error:
            raise errors.explain_database_error(error, self.place, BUSY_SECONDS) from error
        except sqlalchemy.exc.TimeoutError as error:  # no connection came free
            raise errors.locked(self.place, BUSY_SECONDS) from error

    def _start(self) -> Engine:
        options = {"timeout": BUSY_SECONDS} if self._is_sqlite else {}
        try:
            engine = sqlalchemy.create_engine(
                self.url, connect_args=options, pool_pre_ping=True, pool_timeout=BUSY_SECONDS
            )
        except (SQLAlchemyError, ImportError) as error:
            reason = _(
                "A store at {place} needs a driver that is not installed ({reason}). Install it, or use another "
                "kind of database.",
                place=self.place,
                reason=str(error),
            )
            raise StoreError(reason) from error
        event.listen(engine, "connect", self._on_connect)
        event.listen(engine, "begin", self._on_begin)
        return engine

    @property
    def _is_sqlite(self) -> bool:
        return self.url.get_backend_name() == "sqlite"

    def _on_connect(
        self, connection: sqlalchemy.engine.interfaces.DBAPIConnection, _: ConnectionPoolEntry
    ) -> None:
        cursor = connection.cursor()
        if self._is_sqlite:
            cursor.execute("PRAGMA foreign_keys = ON")
            cursor.execute("PRAGMA synchronous = FULL")
            cursor.execute("PRAGMA secure_delete = ON")  # what is deleted is overwritten with zeros
        elif self.url.get_backend_name() == "postgresql":
            cursor.execute(f"SET lock_timeout = {int(BUSY_SECONDS * 1000)}")
            connection.commit()
        cursor.close()

    def _on_begin(self, connection: Connection) -> None:
        if self._is_sqlite:
            # A transaction that reads first and writes later cannot wait for another one that does the same.
            writes = connection.get_execution_options().get("writes", False)
            connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    def _require_store(self) -> str:
        """Return the store's id, after making the tables or bringing them to the target format."""
        store_id = self._find_current_store()
        if store_id is None:
            self._upgrade()
            store_id = self._find_current_store()
        assert store_id is not None
        return store_id

    def _upgrade(self) -> None:
        try:
            with self._engine.execution_options(writes=True).begin() as connection:
                migrations.upgrade(connection, self._target)
        except DBAPIError as error:
            # Others may have made the tables at the same time: theirs are as good.
            if self._find_current_store() is None:
                raise errors.explain_database_error(error, self.place, BUSY_SECONDS) from error

    def _find_current_store(self) -> str | None:
        """Return the store's id; None where there are no tables, or those of an older format. Changes nothing.

        Raises `StoreError` for the database of another program and for a store of a newer format.
        """
        with self.read() as connection:
            inspector = sqlalchemy.inspect(connection)
            if not inspector.has_table(stores.name):
                if self._is_sqlite and inspector.get_table_names():
                    raise errors.not_a_store(self.place)
                return None
            formats = connection.execute(select(stores.c.schema)).scalars().all()
            if len(formats) != 1 or formats[0] < 1:
                raise errors.not_a_store(self.place)
            if formats[0] > self._target.number:
                raise errors.newer_format(self.place, formats[0], self._target.number)
            if formats[0] < self._target.number:
                return None
            return str(connection.execute(select(stores.c.id)).scalar_one())

    def _write_ahead(self) -> None:
        """Let readers read while somebody writes, where the file system can do that. The file remembers it."""
        if self._is_sqlite:
            # Who is in the way opens the store as well, and does the same.
            with (
                contextlib.suppress(sqlite3.Error),
                contextlib.closing(self._engine.raw_connection()) as connection,
            ):
                connection.cursor().execute("PRAGMA journal_mode = WAL")


def _url(text: str | URL) -> URL:
    try:
        url = sqlalchemy.make_url(text)
    except ArgumentError:
        # The text is not repeated: it may hold a password.
        raise StoreError(
            _("The address of the store is not one of a database. Expected: sqlite:///FILE or postgresql://...")
        ) from None
    if url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:"):
        raise StoreError(_("A store in memory is gone when the command ends. Expected: sqlite:///FILE"))
    return url


def _place(url: URL) -> str:
    """Return where the store is, for people, without a password."""
    if url.get_backend_name() == "sqlite" and url.database is not None:
        return printable(url.database)
    return printable(url.render_as_string(hide_password=True))


def _require_writable(url: URL, place: str) -> None:
    """Refuse at once what would fail at the first write, after the first submission was graded."""
    if url.get_backend_name() == "sqlite" and url.database is not None:
        file = Path(url.database)
        # SQLite itself would take a file that is so short for an empty one, and write over it.
        if file.is_dir() or (file.is_file() and 0 < file.stat().st_size < LEAST_BYTES):
            raise errors.not_a_store(place)
        if not file.parent.is_dir():
            raise StoreError(
                _("There is no folder {folder} for the store. Make it.", folder=printable(str(file.parent)))
            )
        if not os.access(file if file.exists() else file.parent, os.W_OK):
            raise errors.forbidden(place)
