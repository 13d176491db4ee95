"""What an export gives back, and which exports there are."""

from enum import StrEnum

from grader.core.errors import UserError
from grader.core.i18n import Message, _
from grader.protocol.verdict import Record


class Format(StrEnum):
    """The files that marks can leave in."""

    CSV = "csv"
    MOODLE = "moodle"
    CANVAS = "canvas"
    GRADESCOPE = "gradescope"
    JSONL = "jsonl"
    XLSX = "xlsx"


# What each is for, in a sentence.
SENTENCES: dict[Format, Message] = {
    Format.CSV: _("a plain table, for any program"),
    Format.MOODLE: _("Moodle's grading worksheet"),
    Format.CANVAS: _("Canvas's gradebook"),
    Format.GRADESCOPE: _("Gradescope's table of scores"),
    Format.JSONL: _("one JSON object per student, with the whole verdict"),
    Format.XLSX: _("a workbook for Excel or LibreOffice"),
}
ENDINGS: dict[Format, str] = dict.fromkeys(Format, "csv") | {
    Format.JSONL: "jsonl",
    Format.XLSX: "xlsx",
}


class Exported(Record, frozen=True):
    """A file, and who is not in it as they should be. All names are for people."""

    data: bytes
    # Students whose row the platform cannot find, or who have none in the roster: their mark goes nowhere.
    without_row: tuple[str, ...] = ()
    without_hand_in: tuple[str, ...] = ()  # who is in the roster, but handed nothing in: left as they were
    without_mark: tuple[str, ...] = ()  # who has a row, but no mark


class UnusableRosterError(UserError):
    """The roster cannot be filled in."""
