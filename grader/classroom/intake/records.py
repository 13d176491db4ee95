"""What an instructor handed over, as plain frozen records."""

from enum import StrEnum
from pathlib import Path

from grader.core.errors import UserError
from grader.core.i18n import Message, _
from grader.protocol.hand_in import HandIn
from grader.protocol.verdict import Record


class Layout(StrEnum):
    """How the files of a class are laid out."""

    FILES = "files"
    FOLDERS = "folders"
    MOODLE = "moodle"
    CANVAS = "canvas"
    CLASSROOM = "classroom"
    CLASSROOM50 = "classroom50"
    ILIAS = "ilias"
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
    Layout.CLASSROOM: _("Clones of students' repositories, named after an assignment"),
    Layout.CLASSROOM50: _("Classroom 50's download of an assignment"),
    Layout.ILIAS: _("ILIAS's download of an exercise"),
    Layout.NBGRADER: _("nbgrader's folder of collected hand-ins"),
    Layout.GRADESCOPE: _("Gradescope's export of an assignment"),
}


class GradableHandIn(Record, frozen=True, kw_only=True):
    """The hand-in of a student whose one file is to be graded.

    `hand_in.student` is unique in the class, safe as part of a file's name, and the same in every run.
    """

    hand_in: HandIn
    path: Path  # absolute; from an archive it is a copy that is gone when the hand-ins are closed


class LeftOut(Record, frozen=True, kw_only=True):
    """A file that is not graded; with a `hand_in`, one of a student of whom no file can be graded."""

    where: str  # in what was handed over
    why: Message
    hand_in: HandIn | None = None


class Intake(Record, frozen=True, kw_only=True):
    """What was handed over, sorted by student; what belongs to no student comes last."""

    layout: Layout
    hand_ins: tuple[GradableHandIn, ...]
    left_out: tuple[LeftOut, ...]


class FileSelection(Record, frozen=True, kw_only=True):
    """Which files of a folder are not to be read now, by their absolute paths."""

    awaited: frozenset[str] = frozenset()  # not complete yet: a student with one of these is left for later
    ignored: frozenset[str] = frozenset()  # as if they were not there


class UnusableHandInsError(UserError):
    """Nothing can be graded of what was handed over. `text` says why, and how to mend it."""
