"""Who grades: the processes of this machine, or those of a cluster. Many jobs in, results as they are finished."""

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, Self

from grader.examiner.client import ExaminerClient
from grader.grading.results import Job, JobResult
from grader.protocol.verdict import WallState

Started = Callable[[Job], None]
"""Told when a job is begun, from any thread."""


class GraderPool(Protocol):
    """Grades jobs. A context manager: leaving it ends its processes, at once."""

    @property
    def size(self) -> int:
        """Return how many submissions are graded at once."""

    @property
    def examiner(self) -> ExaminerClient:
        """Return an examiner, for questions besides."""

    def walls(self) -> tuple[WallState, ...]:
        """Return which walls stand around the submissions; none in plain mode. Raises `InternalError`."""

    def work(self, jobs: Iterable[Job], started: Started) -> Iterator[JobResult]:
        """Yield a result per job as soon as there is one, in any order.

        Jobs are taken from the iterable when they are needed, by one thread at a time. One whose processes die is
        tried again, at last by itself; one that brings them down then as well is a fault.
        """

    def __enter__(self) -> Self: ...
    def __exit__(self, *_: object) -> None: ...
