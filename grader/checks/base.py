"""What a check is: a probe for inside the wall, and a judgement that is a pure function of what came back."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from grader.case import (
    Array,
    Case,
    Judgement,
    Replayed,
    Seen,
    UnmetError,
    failed,
    first_difference,
    flat,
    is_numeric,
    name_of,
    not_graded,
    numbers,
    partial,
    passed,
)
from grader.plan import Step

__all__ = [
    "Array",
    "Case",
    "Check",
    "Judgement",
    "Replayed",
    "Seen",
    "UnmetError",
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


class Check(Protocol):
    """One thing to find out about a submission."""

    def steps(self, seeds: Sequence[int]) -> Sequence[Step]:
        """Return what has to be done inside the wall. Checks that share a step give it the same id."""

    def arrays(self) -> Mapping[str, Array]:
        """Return arrays that the steps name besides those of the exercise's data."""

    def judge(self, case: Case) -> Judgement:
        """Judge what came back. Raises nothing but `UnmetError`."""
