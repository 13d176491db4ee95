"""What a check is: a probe for inside the wall, and a judgement that is a pure function of what came back."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import ClassVar

from grader.core.arrays import Array
from grader.evidence.case import Case
from grader.evidence.judgement import Judgement, failed, not_graded, partial, passed
from grader.evidence.values import first_difference, flat, is_numeric, name_of, numbers
from grader.protocol.plan import Replay, Step
from grader.protocol.training import Training

__all__ = [
    "Array",
    "Case",
    "Check",
    "Judgement",
    "failed",
    "first_difference",
    "flat",
    "is_numeric",
    "name_of",
    "not_graded",
    "numbers",
    "partial",
    "passed",
]


class Check(ABC):
    """One thing to find out about a submission.

    `topics`: what it is about, so that misconceptions find their place: "architecture", "head", "training",
    "score", "probabilities", "figures".
    """

    topics: ClassVar[frozenset[str]] = frozenset()

    @abstractmethod
    def steps(self, seeds: Sequence[int]) -> Sequence[Step]:
        """Return what has to be done inside the wall. Checks that share a step give it the same id."""

    @abstractmethod
    def judge(self, case: Case) -> Judgement:
        """Judge what came back. Raises nothing but `PreconditionFailedError`."""

    def arrays(self) -> Mapping[str, Array]:
        """Return arrays that the steps name besides those of the exercise's data."""
        return {}

    def trainings(self) -> tuple[Training, ...]:
        """Return how the networks are built and trained that this check looks at."""
        return ()

    def held_back(self) -> tuple[str, ...]:
        """Return the arrays that the exercise's data have to hold outside the walls for this check."""
        return tuple(t.array(role) for t in self.trainings() for role in ("x_test", "y_test"))

    def replays(self, case: Case) -> tuple[Sequence[Replay], Mapping[str, Array]]:
        """Return graphs to be run once more, now that the first replays are known, with the arrays that they name.

        They run behind walls where no submission is; what comes of each is in `case.replays` by its id.
        """
        return (), {}
