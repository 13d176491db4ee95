"""TODO: grader/evidence/judgement.py."""

from dataclasses import dataclass

from grader.core.errors import GraderError
from grader.core.i18n import Words
from grader.protocol.evidence import Frame
from grader.protocol.verdict import Status


@dataclass(frozen=True)
class Judgement:
    """The outcome of one check. `share` of the points from 0 to 1; `bonus` likewise of the criterion's bonus."""

    status: Status
    message: Words
    share: float = 0.0
    bonus: float = 0.0
    expected: Words | str | None = None
    received: Words | str | None = None
    at: Frame | None = None
    undecided: bool = False  # too close to a threshold: more seeds, please
    blocks: bool = True  # where it failed: what depends on it cannot be judged either


class PreconditionFailedError(GraderError):
    """Ends a judgement early: what it needed is not there, or is not what it has to be."""

    def __init__(self, judgement: Judgement) -> None:
        super().__init__(judgement.message)
        self.judgement = judgement


def passed(message: Words, *, bonus: float = 0.0, received: Words | str | None = None) -> Judgement:
    """All of the points."""
    return Judgement(Status.PASSED, message, 1.0, bonus, received=received)


def partial(
    share: float,
    message: Words,
    *,
    expected: Words | str | None = None,
    received: Words | str | None = None,
    at: Frame | None = None,
) -> Judgement:
    """Some of the points: `share` between 0 and 1."""
    return Judgement(Status.PARTIAL, message, share, expected=expected, received=received, at=at)


def failed(
    message: Words,
    *,
    expected: Words | str | None = None,
    received: Words | str | None = None,
    at: Frame | None = None,
    blocks: bool = True,
) -> Judgement:
    """None of the points."""
    return Judgement(Status.FAILED, message, expected=expected, received=received, at=at, blocks=blocks)


def not_graded(message: Words) -> Judgement:
    """The grader could not decide: nobody's mark, until a person has looked."""
    return Judgement(Status.NOT_GRADED, message)
