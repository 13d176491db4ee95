"""The tables of a store, and column types whose values are the same in every database."""

import re
import uuid
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Dialect,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
)

FORMAT = 2  # of these tables; a higher number is one step in `migrations/versions` each

# File names may be any bytes, which Python shows as lone surrogates; no database takes those, and not all NUL.
_ODD = re.compile("[\0\x1a\ud800-\udfff]")
_WRITTEN = re.compile("\x1a([0-9a-f]{4})")


class AnyText(TypeDecorator[str]):
    """Any str of Python, and the same one back."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, _: Dialect) -> str | None:
        """Write characters that no database takes as numbers."""
        return None if value is None else _ODD.sub(lambda odd: f"\x1a{ord(odd[0]):04x}", value)

    def process_result_value(self, value: Any | None, _: Dialect) -> str | None:
        """Undo this."""
        return None if value is None else _WRITTEN.sub(lambda code: chr(int(code[1], 16)), value)


class Instant(TypeDecorator[datetime]):
    """A point in time. Not every database keeps zones: all are UTC."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _: Dialect) -> datetime | None:
        """Take the zone away. A time without one means nothing."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without zone: {value}")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: Any | None, _: Dialect) -> datetime | None:
        """Say that it is UTC."""
        return None if value is None else value.replace(tzinfo=UTC)


def new_store_id() -> str:
    """Return what tells the files of a new store from those of another one in the same place."""
    return uuid.uuid4().hex[:12]


metadata = MetaData()


def _table(name: str, *parts: Any) -> Table:
    return Table(f"grader_{name}", metadata, *parts)


def _text(name: str, *more: Any, **options: Any) -> Column[str]:
    return Column(name, AnyText, *more, nullable=options.pop("nullable", False), **options)


def _instant(name: str, nullable: bool = False) -> Column[datetime]:
    return Column(name, Instant, nullable=nullable)


# One row. Who writes on a server locks it first: one at a time, as SQLite has it anyway.
stores = _table(
    "store",
    Column("schema", Integer, primary_key=True, autoincrement=False),  # the format
    _text("id"),
)
settings = _table("settings", _text("name", primary_key=True), _text("value"))
runs = _table("runs", Column("number", Integer, primary_key=True), _text("exercise"), _text("by"), _instant("at"))
hand_ins = _table(
    "hand_ins",
    Column("number", Integer, primary_key=True),
    _text("exercise"),
    _text("student"),
    _text("sha256"),  # of the file, and
    _text("kind"),  # what it was read as; both empty where it could not be read
    _text("blob", nullable=True),  # the Submission
    _text("name"),
    _text("file"),
    _text("email"),
    _text("platform_id"),
    _instant("submitted", nullable=True),
    Column("late", Boolean, nullable=False),
    _text("problem"),
    _instant("at"),
    UniqueConstraint("exercise", "student", "sha256", "kind"),
)
# Which hand-in is a student's newest.
students = _table(
    "students",
    _text("exercise", primary_key=True),
    _text("student", primary_key=True),
    Column("hand_in", ForeignKey(hand_ins.c.number), nullable=False),
    Column("run", Integer, nullable=False),
)
evidence = _table("evidence", _text("key", primary_key=True), _text("blob"), _instant("at"))
verdicts = _table(
    "verdicts",
    Column("number", Integer, primary_key=True),
    Column("hand_in", ForeignKey(hand_ins.c.number), nullable=False),
    _text("key", nullable=True),
    _text("rubric"),
    _text("by"),
    _instant("at"),
    Column("verdict", LargeBinary, nullable=False),  # JSON
    Index("grader_verdicts_of", "hand_in", "number"),
)
adjustments = _table(
    "adjustments",
    Column("number", Integer, primary_key=True),
    _text("exercise"),
    _text("student"),
    _text("criterion", nullable=True),
    Column("points", Double, nullable=False),
    _text("reason"),
    _text("by"),
    _instant("at"),
    _text("withdrawn_by", nullable=True),
    _instant("withdrawn_at", nullable=True),
    _text("comment", nullable=True),  # id of the reusable comment that comes before the reason
    # Of a second marker, who marks without seeing the first: it changes no mark.
    Column("is_second", Boolean, nullable=False, server_default=false()),
    ForeignKeyConstraint(["exercise", "student"], [students.c.exercise, students.c.student]),
    Index("grader_adjustments_of", "exercise", "student"),
)
# Sentences that several students get. A comment that was mended has a row for each text; the newest counts.
comments = _table(
    "comments",
    Column("number", Integer, primary_key=True),
    _text("id"),
    _text("exercise"),
    _text("criterion"),
    _text("text"),
    _text("by"),
    _instant("at"),
    Index("grader_comments_of", "exercise", "criterion"),
)
# What students ask to be looked at again. `adjustment`: the number of the one that answers it.
requests = _table(
    "requests",
    Column("number", Integer, primary_key=True),
    _text("exercise"),
    _text("student"),
    _text("criterion"),
    _text("text"),
    _text("by"),
    _instant("at"),
    Column("adjustment", Integer, nullable=True),
    Index("grader_requests_of", "exercise", "student"),
)
