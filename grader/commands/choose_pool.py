"""Choose the processes that grade a class: on this machine or on a cluster."""

from dataclasses import dataclass

from grader.core.course import Course
from grader.grading.isolation import require_isolation
from grader.grading.local_pool import LocalPool
from grader.grading.pool import GraderPool
from grader.grading.results import Mode


@dataclass(frozen=True)
class GradingOptions:
    """How a class is graded, from the command line."""

    course: Course
    workers: int | None  # submissions at once; None: one per processor
    cluster: str | None  # address of a Dask scheduler; None: this machine
    despite_missing_walls: bool  # grade although isolation features are missing

    def make_pool(self, mode: str) -> GraderPool:
        """Return the pool."""
        if self.cluster is None:
            return LocalPool(
                self.course, Mode(mode), self.workers, despite_missing_walls=self.despite_missing_walls
            )
        from grader.grading.dask_pool import DaskPool  # needs the extra for clusters

        return DaskPool(self.course, Mode(mode), self.cluster, despite_missing_walls=self.despite_missing_walls)

    def require_isolation(self, pool: GraderPool) -> None:
        """Raise `MissingIsolationError` where isolation features are missing, unless that is allowed."""
        if not self.despite_missing_walls:
            require_isolation(pool)
