"""What the pages of the review desk show. Plain frozen data; names are already those that people may see."""

from datetime import datetime

import msgspec

from grader.protocol.verdict import CriterionVerdict


class DeskCriterion(msgspec.Struct, frozen=True):
    """One criterion over the whole class."""

    id: str
    title: str
    max_points: float
    waiting: int  # hand-ins that wait for a person
    decided: int  # by a person
    hand_ins: int


class DeskRequest(msgspec.Struct, frozen=True):
    """A student's wish that a criterion be looked at again."""

    number: int
    name: str
    reference: str
    criterion: str  # id
    title: str  # of the criterion
    text: str
    at: datetime


class DeskMark(msgspec.Struct, frozen=True):
    """What a person decided."""

    points: float
    text: str
    by: str
    at: datetime
    is_older: bool = False  # than the newest verdict


class LastDecision(msgspec.Struct, frozen=True):
    """What can be undone."""

    name: str
    reference: str
    criterion: str  # id
    title: str
    points: float


class DeskFrame(msgspec.Struct, frozen=True):
    """What all pages of the desk have."""

    title: str  # of the exercise
    exercise: str
    marker: str
    is_second: bool
    last: LastDecision | None = None
    problem: str = ""  # why the last thing was not done
    note: str = ""  # what was done


class OverviewPage(msgspec.Struct, frozen=True):
    """The page that the desk begins with."""

    criteria: tuple[DeskCriterion, ...]
    requests: tuple[DeskRequest, ...]
    answered: int
    marked_twice: int
    disagreements: int


class CommentChoice(msgspec.Struct, frozen=True):
    """A reusable comment, and how many have it now."""

    id: str
    text: str
    uses: int


class Typed(msgspec.Struct, frozen=True):
    """What the form holds: what was typed before, or the mark that counts now. Shown as it is."""

    points: str = ""
    words: str = ""
    comment: str = ""
    is_reusable: bool = False


class HandInPage(msgspec.Struct, frozen=True):
    """One criterion of one hand-in, with the place for the points."""

    criterion: CriterionVerdict
    name: str
    reference: str
    place: int  # in the order of the review, from 1
    total: int
    waiting: int
    before: str  # reference of the hand-in before; "" at the beginning
    after: str
    version: str
    mark: DeskMark | None
    comments: tuple[CommentChoice, ...]
    request: DeskRequest | None
    report: bool  # whether there is one


class CommentsPage(msgspec.Struct, frozen=True):
    """The reusable comments of one criterion."""

    criterion: str  # id
    title: str
    comments: tuple[CommentChoice, ...]


class Disagreement(msgspec.Struct, frozen=True):
    """A criterion that two people gave different points."""

    name: str
    reference: str
    criterion: str  # id
    title: str
    first: DeskMark
    second: DeskMark


class DisagreementsPage(msgspec.Struct, frozen=True):
    """Where two markers differ. `mean`: of the differences, second minus first, over all that both marked."""

    marked_twice: int
    mean: float
    disagreements: tuple[Disagreement, ...]


__all__ = [
    "CommentChoice",
    "CommentsPage",
    "DeskCriterion",
    "DeskFrame",
    "DeskMark",
    "DeskRequest",
    "Disagreement",
    "DisagreementsPage",
    "HandInPage",
    "LastDecision",
    "OverviewPage",
    "Typed",
]
