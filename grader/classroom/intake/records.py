"""What was found in what an instructor handed over: plain frozen records."""

from datetime import datetime
from enum import StrEnum
from pathlib import Path

from grader.core.errors import UserError
from grader.core.i18n import Message, _
from grader.protocol.verdict import Record


class Layout(StrEnum):
    """How the files of a class are laid out."""

    FILES = "files"
    FOLDERS = "folders"
    MOODLE = "moodle"
    CANVAS = "canvas"
    CLASSROOM = "classroom"
    NBGRADER = "nbgrader"
    GRADESCOPE = "gradescope"

    @property
    def text(self) -> Message:
        """Return what was recognised, for people."""
        return _LAYOUTS[self]


_LAYOUTS = {
    Layout.FILES: _("One file per student, named after the student"),
    Layout.FOLDERS: _("One folder per student, named after the student"),
    Layout.MOODLE: _("Moodle's download of an assignment"),
    Layout.CANVAS: _("Canvas's download of an assignment"),
    Layout.CLASSROOM: _("Clones of a GitHub Classroom assignment"),
    Layout.NBGRADER: _("nbgrader's folder of collected hand-ins"),
    Layout.GRADESCOPE: _("Gradescope's export of an assignment"),
}


class HandIn(Record, frozen=True, kw_only=True):
    """The one file of a student that is to be graded."""

    student: str  # unique among the hand-ins and safe as part of a file's name; the same in every run
    name: str  # for people
    file: Path  # absolute; from an archive it is a copy that is gone when the hand-ins are closed
    where: str  # for people: where it lies in what was handed over
    email: str = ""
    platform_id: str = ""
    submitted: datetime | None = None  # UTC; as far as the layout tells
    late: bool = False


class LeftOut(Record, frozen=True, kw_only=True):
    """A file that is not graded, or with a `student` one of whom no file can be graded."""

    where: str
    why: Message
    student: str = ""
    name: str = ""
    email: str = ""
    platform_id: str = ""


class Intake(Record, frozen=True, kw_only=True):
    """All that was found, sorted by student; what belongs to no student comes last."""

    layout: Layout
    hand_ins: tuple[HandIn, ...]
    left_out: tuple[LeftOut, ...]


class UnusableHandInsError(UserError):
    """Nothing can be graded of what was handed over. `text` says why, and how to mend it."""
