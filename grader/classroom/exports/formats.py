"""Which exports there are, and what an export returns."""

from enum import StrEnum

from grader.core.errors import UserError
from grader.protocol.verdict import Record


class Format(StrEnum):
    """A file format for marks; for a platform, the one that its import reads."""

    CSV = "csv"
    MOODLE = "moodle"
    CANVAS = "canvas"
    GRADESCOPE = "gradescope"
    JSONL = "jsonl"
    XLSX = "xlsx"


ENDINGS: dict[Format, str] = dict.fromkeys(Format, "csv") | {
    Format.JSONL: "jsonl",
    Format.XLSX: "xlsx",
}


class Exported(Record, frozen=True):
    """An exported file, and the names of the students whose mark is missing in it."""

    data: bytes
    # Students whose row the platform cannot find, or who have none in the roster: their mark goes nowhere.
    without_row: tuple[str, ...] = ()
    without_hand_in: tuple[str, ...] = ()  # who is in the roster, but handed nothing in: left as they were
    without_mark: tuple[str, ...] = ()  # who has a row, but no mark


class UnusableRosterError(UserError):
    """The roster cannot be filled in."""
