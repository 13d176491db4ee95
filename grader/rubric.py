"""What an author writes an exercise with: a rubric is one declaration, without control flow."""

from collections.abc import Callable
from dataclasses import dataclass, field

from grader.checks.base import Check
from grader.data import Data
from grader.plan import Limits
from grader.task import Task
from grader.text import Bilingual
from grader.training import Training

__all__ = ["Bilingual", "Criterion", "Limits", "Rubric", "Task"]


@dataclass(frozen=True)
class Criterion:
    """One thing that a submission is judged by.

    `lesson` says in one sentence what a student learns from it. Points are given for `check`; `bonus` is what
    the check may give beyond them. Where a criterion in `depends_on` failed in a way that leaves nothing to judge,
    this one is skipped.
    """

    id: str
    points: float
    title: Bilingual
    lesson: Bilingual
    check: Check
    depends_on: tuple[str, ...] = ()
    bonus: float = 0.0


@dataclass(frozen=True)
class Rubric:
    """An exercise as the grader knows it. Raises `ValueError` for a rubric that cannot be right."""

    title: Bilingual
    task: Task
    data: Callable[[], Data]
    criteria: tuple[Criterion, ...]
    seeds: tuple[int, ...] = (0, 1, 2)  # the first is always trained, the others where the first leaves doubt
    limits: Limits = field(default_factory=Limits)
    total: float = 100.0

    def __post_init__(self) -> None:
        ids = [criterion.id for criterion in self.criteria]
        if not ids:
            raise ValueError("a rubric without criteria checks nothing")
        if twice := {i for i in ids if ids.count(i) > 1}:
            raise ValueError(f"criteria named twice: {', '.join(sorted(twice))}")
        for position, criterion in enumerate(self.criteria):
            if unknown := set(criterion.depends_on) - set(ids[:position]):
                raise ValueError(
                    f"{criterion.id} depends on what does not stand before it: {', '.join(sorted(unknown))}"
                )
            if criterion.points <= 0:
                raise ValueError(f"{criterion.id} is worth {criterion.points} points; more than 0 expected")
        if abs(sum(c.points for c in self.criteria) - self.total) > 1e-9:
            raise ValueError(
                f"points add up to {sum(c.points for c in self.criteria):g}; total={self.total:g} expected"
            )
        if not self.seeds:
            raise ValueError("at least one seed is needed")

    @property
    def trainings(self) -> tuple[Training, ...]:
        """Return how the networks of this exercise are built and trained, in the order of the criteria."""
        return tuple(dict.fromkeys(t for criterion in self.criteria for t in criterion.check.trainings()))
