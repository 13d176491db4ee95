"""Who grades: the processes of this machine, or those of a cluster. Many jobs in, results as they are finished."""

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, Self

import msgspec

from grader.grade import Graded
from grader.submission import Submission


class Job(msgspec.Struct, frozen=True):
    """One submission to grade."""

    id: str
    exercise: str
    submission: Submission
    language: str


class Done(msgspec.Struct, frozen=True):
    """What came of a job: graded, or what went wrong with the grader, never with the submission."""

    id: str
    graded: Graded | None
    fault: str = ""


class Crew(Protocol):
    """Grades jobs. A context manager: leaving it ends its processes, at once."""

    @property
    def size(self) -> int:
        """Return how many submissions are graded at once."""

    def work(self, jobs: Iterable[Job], started: Callable[[Job], None]) -> Iterator[Done]:
        """Yield a result per job as soon as there is one, in any order. Takes jobs from the iterable when it needs
        them. A job whose process dies is tried again; one that brings processes down thrice is a fault."""

    def __enter__(self) -> Self: ...
    def __exit__(self, *_: object) -> None: ...
