"""The interface of a grader pool: many jobs in, results as they are finished. Local or on a Dask cluster."""

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, Self

from grader.examiner.client import ExaminerClient
from grader.grading.results import Job, JobResult
from grader.protocol.verdict import WallState

Started = Callable[[Job], None]
"""Called when a job is begun, from any thread."""


class GraderPool(Protocol):
    """Grades jobs. A context manager: leaving it ends its processes, at once."""

    @property
    def size(self) -> int:
        """Return how many submissions are graded at once."""

    @property
    def examiner(self) -> ExaminerClient:
        """Return an examiner, for questions besides the jobs."""

    def walls(self) -> tuple[WallState, ...]:
        """Return the state of each isolation feature; none in plain mode.

        Raises:
            InternalError: the processes that know cannot be started or asked.
        """

    def grade_all(self, jobs: Iterable[Job], started: Started) -> Iterator[JobResult]:
        """Grade jobs, and yield a result per job as soon as there is one, in any order.

        Jobs are taken from the iterable when they are needed, by one thread at a time. A job whose processes die
        is tried again, at last by itself; if they die then as well, the result is a fault.

        Args:
            jobs: what to grade.
            started: called when a job is begun, from any thread.

        Raises:
            InternalError: the pool cannot grade any more.
            Exception: whatever the iterable `jobs` or `started` raised.
        """

    def __enter__(self) -> Self: ...
    def __exit__(self, *_: object) -> None: ...
