"""Which file of a hand-in on Gradescope is graded: by the rules of `grader batch` for one student."""

from pathlib import Path

from grader.intake import archive, folder
from grader.intake.claims import Claim
from grader.intake.names import alike, shown
from grader.intake.records import LeftOut
from grader.intake.settling import Settler
from grader.text import ToldError


class NothingToGradeError(ToldError):
    """No file can be graded. `text` tells the student why."""


def handed_in(submission: Path, exercise: str, unpacked: Path) -> tuple[str, Path]:
    """Return the name and the place of the one file to grade; what is in a zip is unpacked into `unpacked`.

    In a folder with the exercise's name only what lies there is looked at: a repository may hold them all.
    Raises `NothingToGradeError` for what the student has to mend, and `UnusableHandInsError` where this machine
    has no room to unpack, or the folder cannot be listed: that is not the student's doing.
    """
    tree = folder.grow(submission)
    items = tree.items
    within = tuple(item for item in items if any(alike(part, exercise) for part in item.parts[:-1]))
    if any(item.is_candidate for item in within):
        items = within
    settled = Settler(exercise, archive.Workplace(unpacked)).settle(Claim("", "", "", items), "")
    if isinstance(settled, LeftOut):
        raise NothingToGradeError(settled.why)
    return shown(settled.where.rpartition("/")[2]), settled.file
