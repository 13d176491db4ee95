"""Choose the processes that grade a class: on this machine or on a cluster."""

from dataclasses import dataclass

from grader.core.course import Course
from grader.core.errors import UserError
from grader.core.i18n import _
from grader.grading.isolation import missing_isolation_features
from grader.grading.local_pool import LocalPool
from grader.grading.pool import GraderPool
from grader.grading.results import Mode


class UnusablePoolError(UserError):
    """Nothing can be graded with the processes that were chosen. `text` says what is missing, and what to do."""


@dataclass(frozen=True)
class GradingOptions:
    """How a class is graded, from the command line."""

    course: Course
    workers: int | None  # submissions at once; None: one per processor
    cluster: str | None  # address of a Dask scheduler; None: this machine
    despite_missing_walls: bool  # grade although isolation features are missing

    def make_pool(self, mode: str) -> GraderPool:
        """Return the pool. Raises `UnusablePoolError` where Dask is needed and not installed."""
        if self.cluster is None:
            return LocalPool(
                self.course, Mode(mode), self.workers, despite_missing_walls=self.despite_missing_walls
            )
        try:
            from grader.grading.dask_pool import DaskPool
        except ImportError as error:  # Dask is an extra
            raise UnusablePoolError(
                _(
                    "--cluster needs Dask, which is not installed ({reason}). Install it: pip install "
                    "'keras-grader[cluster]'",
                    reason=str(error),
                )
            ) from error
        return DaskPool(self.course, Mode(mode), self.cluster, despite_missing_walls=self.despite_missing_walls)

    def require_isolation(self, pool: GraderPool) -> None:
        """Raise `UnusablePoolError` where isolation features are missing, unless that is allowed."""
        missing = missing_isolation_features(pool)
        if missing is not None and not self.despite_missing_walls:
            raise UnusablePoolError(missing)
