"""The outcome of one check, and how a check ends early."""

from dataclasses import dataclass

from grader.core.errors import GraderError
from grader.core.i18n import Words
from grader.protocol.evidence import Frame
from grader.protocol.verdict import Status


@dataclass(frozen=True)
class Judgement:
    """The outcome of one check."""

    status: Status
    message: Words  # for the student: what happened, and how to mend it
    share: float = 0.0  # of the criterion's points, from 0 to 1
    bonus: float = 0.0  # of the criterion's bonus, from 0 to 1
    expected: Words | str | None = None
    received: Words | str | None = None
    at: Frame | None = None  # the line of the student's file that it is about
    undecided: bool = False  # too close to a threshold: more seeds have to be trained
    blocks: bool = True  # where it failed: criteria that depend on it are skipped
    needs_stand_ins: bool = False  # a function has to be tried on a network of the grader's
    waits_for_person: bool = False  # not graded only because a person gives the points
    note: Words | None = None  # what the student has to know about how this was judged, behind the message


class PreconditionFailedError(GraderError):
    """What a check needs is not there, or is not what it has to be; `judgement` is the outcome of the check."""

    def __init__(self, judgement: Judgement) -> None:
        super().__init__(judgement.message)
        self.judgement = judgement


def passed(message: Words, *, bonus: float = 0.0, received: Words | str | None = None) -> Judgement:
    """Return the judgement that gives all points, and `bonus` (0 to 1) of the criterion's bonus."""
    return Judgement(Status.PASSED, message, 1.0, bonus, received=received)


def partial(
    share: float,
    message: Words,
    *,
    expected: Words | str | None = None,
    received: Words | str | None = None,
    at: Frame | None = None,
) -> Judgement:
    """Return the judgement that gives `share` of the points, between 0 and 1."""
    return Judgement(Status.PARTIAL, message, share, expected=expected, received=received, at=at)


def failed(
    message: Words,
    *,
    expected: Words | str | None = None,
    received: Words | str | None = None,
    at: Frame | None = None,
    blocks: bool = True,
) -> Judgement:
    """Return the judgement that gives no points."""
    return Judgement(Status.FAILED, message, expected=expected, received=received, at=at, blocks=blocks)


def not_graded(message: Words) -> Judgement:
    """Return the judgement that the grader could not decide: a person has to look at it."""
    return Judgement(Status.NOT_GRADED, message)
