"""Errors of a store as sentences for people: what happened, and how to mend it."""

import errno
import sqlite3

from sqlalchemy.exc import DBAPIError

from grader.core.errors import UserError
from grader.core.i18n import _

# Of a driver for PostgreSQL: the first two characters of its SQLSTATE tell the kind.
PG_FULL, PG_LOCKED, PG_FORBIDDEN = ("53100",), ("55P03", "40P01"), ("42501", "25006")
NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
NO_RIGHT = {errno.EACCES, errno.EPERM, errno.EROFS}
SQLITE_PRIMARY = 0xFF  # the other bits of SQLite's codes tell details


class StoreError(UserError):
    """The store cannot do what was asked. `text` says why, and how to mend it."""


def explain_database_error(error: DBAPIError, place: str, seconds: float) -> StoreError:
    """Return the error for people that a database error means. `seconds`: how long it waited for others."""
    kind = _kind(error.orig)
    if kind == "full":
        return disk_full(place)
    if kind == "locked":
        return locked(place, seconds)
    if kind == "forbidden":
        return forbidden(place)
    if kind == "foreign":
        return not_a_store(place)
    if kind == "damaged":
        return StoreError(
            _(
                "The store {place} is damaged. Put its backup in its place, or move it away and run the batch "
                "again.",
                place=place,
            )
        )
    return StoreError(
        _(
            "The store {place} cannot be read or written ({reason}). Check that its disk or server is there and "
            "has room, then run the same command again.",
            place=place,
            reason=_reason(error.orig or error),
        )
    )


def explain_file_error(error: Exception, place: str) -> StoreError:
    """Return the error for people that an error of a file system means."""
    code = error.errno if isinstance(error, OSError) else None
    if code in NO_SPACE:
        return disk_full(place)
    if code in NO_RIGHT or isinstance(error, PermissionError):
        return forbidden(place)
    return StoreError(
        _(
            "The store's files in {place} cannot be read or written ({reason}). Check that the place is there and "
            "can be reached, then run the same command again.",
            place=place,
            reason=_reason(error),
        )
    )


def disk_full(place: str) -> StoreError:
    """Return the error for a disk without room."""
    return StoreError(
        _(
            "There is no room left for the store {place}. Make room on its disk, then run the same command again. "
            "What was kept before is still there.",
            place=place,
        )
    )


def locked(place: str, seconds: float) -> StoreError:
    """Return the error for a store that others have been writing for so long."""
    return StoreError(
        _(
            "Another program has kept the store {place} to itself for more than {seconds:.0f} seconds. Wait until "
            "it is finished, or end it; then run the same command again. What was kept before is still there.",
            place=place,
            seconds=seconds,
        )
    )


def forbidden(place: str) -> StoreError:
    """Return the error for missing rights."""
    return StoreError(
        _(
            "The store {place} may not be written: access rights forbid it. Allow writing it and the folder that "
            "it lies in, or name another place.",
            place=place,
        )
    )


def not_a_store(place: str) -> StoreError:
    """Return the error for what something else than this program made."""
    return StoreError(
        _("{place} is not a store of this program. Name another place, or move it away.", place=place)
    )


def newer_format(place: str, store_format: int, newest_format: int) -> StoreError:
    """Return the error for a store of a later version."""
    return StoreError(
        _(
            "The store {place} was made by a newer version of this program (format {found}; up to {known} is "
            "known here). Install that version.",
            place=place,
            found=store_format,
            known=newest_format,
        )
    )


def _kind(error: BaseException | None) -> str:
    code = getattr(error, "sqlite_errorcode", None)
    if isinstance(code, int):
        return {
            sqlite3.SQLITE_FULL: "full",
            sqlite3.SQLITE_BUSY: "locked",
            sqlite3.SQLITE_LOCKED: "locked",
            sqlite3.SQLITE_READONLY: "forbidden",
            sqlite3.SQLITE_NOTADB: "foreign",
            sqlite3.SQLITE_CORRUPT: "damaged",
        }.get(code & SQLITE_PRIMARY, "other")
    state = getattr(error, "sqlstate", None)
    for kind, states in (("full", PG_FULL), ("locked", PG_LOCKED), ("forbidden", PG_FORBIDDEN)):
        if state in states:
            return kind
    return "other"


def _reason(error: BaseException) -> str:
    """Return the first line of what the library says."""
    message = (error.strerror or "") if isinstance(error, OSError) else str(error)
    return (message.strip().splitlines() or [type(error).__name__])[0][:300]


def printable(text: str) -> str:
    """Return a path as valid Unicode: file names may be any bytes, which Python shows as lone surrogates."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
