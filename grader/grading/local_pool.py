"""The crew on this machine: one warm worker, as many submissions at once as there are processors."""

import contextlib
import os
import queue
import threading
from collections.abc import Iterable, Iterator
from typing import Self

from grader.core.course import Course
from grader.core.errors import InternalError, ProcessGoneError, SandboxError
from grader.examiner.client import ExaminerClient
from grader.grading.grader import Grader
from grader.grading.pool import Started
from grader.grading.results import Job, JobResult, Mode
from grader.protocol.verdict import WallState

TRIES_ALONE = 2
MOST_STARTS_FOR_NOTHING = 3


def count_processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class LocalPool:
    """Grades in threads that share one grader; when its processes are gone, the next job starts new ones.

    Where a wall is missing, every job is a fault, unless it is said that it may be (`despite_missing_walls`).
    That is looked at for each job: processes that are started later, or on another machine, may stand otherwise.
    """

    def __init__(
        self, course: Course, mode: Mode, size: int | None = None, *, despite_missing_walls: bool = False
    ) -> None:
        self.course, self.mode, self.despite_missing_walls = course, mode, despite_missing_walls
        self.size = size or count_processors()
        self._lock = threading.Lock()
        self._grader = self._started()
        self.left = False
        self._over: ProcessGoneError | None = None  # why there are no processes any more, and will be none
        self._starts_for_nothing = 0  # processes in a row that were gone before they had graded anything

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self.left = True
            if self._over is None:
                self._grader.__exit__()

    @property
    def examiner(self) -> ExaminerClient:
        """Return the examiner, which is another one when processes had to be started anew."""
        return self._grader.examiner

    def walls(self) -> tuple[WallState, ...]:
        """Return the state of each wall, once the self-test has tried them."""
        try:
            return self._grader.environment.walls()
        except SandboxError as error:
            raise InternalError(str(error)) from error

    def work(self, jobs: Iterable[Job], started: Started) -> Iterator[JobResult]:
        """Grade jobs; see `grader.grading.pool.GraderPool`."""
        shift = _Shift(self, iter(jobs), started)
        yield from shift.results()
        for job in shift.set_aside:
            yield self._alone(job)

    def grade_one(self, job: Job) -> JobResult:
        """Grade one job, in the caller's thread."""
        done = self.tried(job)
        return self._alone(job) if done is None else done

    def tried(self, job: Job) -> JobResult | None:
        """Grade a job; None when processes went away, be it for this job's sake or for another's."""
        grader = self._grader
        try:
            missing = [wall.id for wall in grader.environment.walls() if not wall.stands]
            if missing and not self.despite_missing_walls:
                return JobResult(job.id, None, f"walls are missing: {', '.join(missing)}")
            graded = grader.grade(job.exercise, job.submission, job.language, prior=job.prior)
        except (ProcessGoneError, SandboxError) as error:
            self._renew(grader, error)
            return None
        except InternalError as error:
            return JobResult(job.id, None, str(error))
        except Exception as error:  # noqa: BLE001 - a full disk, say: no mark, and no end of the class
            return JobResult(job.id, None, f"{type(error).__name__}: {error}")
        self._starts_for_nothing = 0
        return JobResult(job.id, graded)

    def _alone(self, job: Job) -> JobResult:
        for _ in range(TRIES_ALONE):
            if (done := self.tried(job)) is not None:
                return done
        return JobResult(job.id, None, "the grader's processes ended each time this was graded")

    def _started(self) -> Grader:
        try:
            return Grader(self.course, self.mode)
        except SandboxError as error:
            raise ProcessGoneError(str(error)) from error

    def _renew(self, gone: Grader, why: SandboxError) -> None:
        """Start new processes in the place of those that are gone; the first to notice does it.

        Raises `why` when that has been for nothing several times: it is not this submission then.
        """
        with self._lock:
            if self._over is not None:
                raise self._over
            if gone is not self._grader or self.left:
                return
            self._starts_for_nothing += 1
            if self._starts_for_nothing > MOST_STARTS_FOR_NOTHING:
                raise ProcessGoneError(str(why)) from why
            gone.__exit__()
            try:
                self._grader = self._started()
            except ProcessGoneError as error:
                self._over = error  # the other threads find nothing to renew, and nothing to end
                raise


class _Shift:
    """One list of jobs, worked off by as many threads as the crew is large."""

    def __init__(self, crew: LocalPool, jobs: Iterator[Job], started: Started) -> None:
        self.crew, self.started = crew, started
        self.set_aside: list[Job] = []
        self._jobs, self._taking = jobs, threading.Lock()
        # Bounded: results wait for whoever stores them, and jobs wait with them. None: a thread has ended.
        self._results: queue.Queue[JobResult | Exception | None] = queue.Queue(crew.size)

    def results(self) -> Iterator[JobResult]:
        """Yield what is done, until no thread is at work."""
        for _ in range(self.crew.size):
            threading.Thread(target=self._serve, daemon=True).start()
        working = self.crew.size
        while working:
            result = self._results.get()
            if isinstance(result, Exception):
                raise result
            if result is None:
                working -= 1
            else:
                yield result

    def _serve(self) -> None:
        try:
            while not self.crew.left and (job := self._take()) is not None:
                self.started(job)
                done = self.crew.tried(job)
                if done is None:
                    self.set_aside.append(job)
                else:
                    self._put(done)
        except Exception as error:  # noqa: BLE001 - raised where the results are taken
            self._put(error)
        else:
            self._put(None)

    def _take(self) -> Job | None:
        with self._taking:
            return next(self._jobs, None)

    def _put(self, result: JobResult | Exception | None) -> None:
        """Hand over a result; when nobody takes results any more, drop it."""
        while not self.crew.left:
            with contextlib.suppress(queue.Full):
                self._results.put(result, timeout=1.0)
                return
