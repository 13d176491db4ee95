"""What a layout says about each student: which files may be the hand-in, and what is known of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from grader.classroom.intake.file_tree import Item, Tree
from grader.classroom.intake.records import LeftOut
from grader.core.i18n import Message, _
from grader.protocol.hand_in import HandIn


@dataclass(frozen=True)
class Candidate:
    """One student with all files that may be the student's hand-in.

    `hand_in.student` is what the layout tells students apart by, not yet the key; `hand_in.file` is the student's
    place in what was handed over.
    """

    hand_in: HandIn
    items: tuple[Item, ...] = ()
    problem: Message | None = None  # why it is already clear that nothing can be graded


@dataclass(frozen=True)
class ClassContents:
    """A whole class, as its layout has it."""

    candidates: tuple[Candidate, ...]
    left_out: tuple[LeftOut, ...] = ()


class LayoutReader(Protocol):
    """Reads the class from a tree that has this layout. Raises `UnusableHandInsError`."""

    def __call__(self, tree: Tree, exercise: str) -> ClassContents:
        """Return the candidates, one per student."""


def leave_out(items: Iterable[Item], why: Message) -> list[LeftOut]:
    """Return these files as left out for this reason, or for their own where they cannot be used anyway."""
    return [LeftOut(where=item.where, why=item.refusal or why) for item in items]


def not_python_reason() -> Message:
    """Return why a file is not looked at."""
    return _("It is neither a .py nor an .ipynb file.")
