"""What a layout says about one student: which files are theirs, and what is known of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from grader.classroom.intake.file_tree import Item, Tree
from grader.classroom.intake.records import LeftOut
from grader.core.i18n import Message, _


@dataclass(frozen=True)
class Candidate:
    """One student and everything that may be the student's hand-in."""

    identity: str  # what the layout tells students apart by
    name: str
    where: str  # for people: the student's place in what was handed over
    items: tuple[Item, ...] = ()
    email: str = ""
    platform_id: str = ""
    submitted: datetime | None = None
    late: bool = False  # the platform says so itself
    problem: Message | None = None  # it is already clear that nothing can be graded


@dataclass(frozen=True)
class Read:
    """A whole class, as its layout has it."""

    claims: tuple[Candidate, ...]
    told: tuple[LeftOut, ...] = ()


class Reading(Protocol):
    """Reads the class from a tree that has this layout. Raises `UnusableHandInsError`."""

    def __call__(self, tree: Tree, exercise: str) -> Read:
        """Return the claims, one per student."""


def tell(items: Iterable[Item], why: Message) -> list[LeftOut]:
    """Tell of files that they are not graded; of those that could not be used anyway, why not."""
    return [LeftOut(where=item.where, why=item.refusal or why) for item in items]


def not_python() -> Message:
    """Return why a file is not looked at."""
    return _("It is neither a .py nor an .ipynb file.")
