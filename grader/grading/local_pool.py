"""Grades in a pool on this machine: one warm worker, as many submissions at once as there are processors."""

import contextlib
import logging
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

_log = logging.getLogger(__name__)

TRIES_ALONE = 2  # for a job that was being graded when processes died
MOST_STARTS_FOR_NOTHING = 3  # processes in a row that may die before they have graded anything


def count_processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class LocalPool:
    """Grades in threads that share one grader; when its processes die, the next job starts new ones.

    Where an isolation feature is missing, the result of every job is a fault, unless `despite_missing_walls` is
    set. This is checked for each job, because processes that are started later may have other features.
    """

    def __init__(
        self, course: Course, mode: Mode, size: int | None = None, *, despite_missing_walls: bool = False
    ) -> None:
        """Start the processes.

        Args:
            course: whose exercises are graded.
            mode: behind walls or without.
            size: how many submissions are graded at once; as many as there are processors by default.
            despite_missing_walls: grade even where an isolation feature is missing.

        Raises:
            ProcessGoneError: the processes cannot be started.
        """
        self.course, self.mode, self.despite_missing_walls = course, mode, despite_missing_walls
        self.size = size or count_processors()
        self._lock = threading.Lock()
        self._grader = self._start_grader()
        self.is_closed = False
        self._start_error: ProcessGoneError | None = None  # why no processes can be started any more
        self._starts_for_nothing = 0  # graders in a row whose processes died before they had graded anything

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self.is_closed = True
            if self._start_error is None:
                self._grader.__exit__()

    @property
    def examiner(self) -> ExaminerClient:
        """Return the examiner; another one when processes had to be restarted."""
        return self._grader.examiner

    def walls(self) -> tuple[WallState, ...]:
        """Return the state of each isolation feature; see `grader.grading.pool.GraderPool`."""
        try:
            return self._grader.environment.walls()
        except SandboxError as error:
            raise InternalError(str(error)) from error

    def grade_all(self, jobs: Iterable[Job], started: Started) -> Iterator[JobResult]:
        """Grade jobs; see `grader.grading.pool.GraderPool`."""
        threads = _JobThreads(self, iter(jobs), started)
        yield from threads.results()
        for job in threads.set_aside:
            yield self._grade_alone(job)

    def grade_one(self, job: Job) -> JobResult:
        """Grade one job, in the caller's thread."""
        result = self.try_job(job)
        return self._grade_alone(job) if result is None else result

    def try_job(self, job: Job) -> JobResult | None:
        """Grade a job; return None when processes died meanwhile, because of this job or of another one.

        Raises:
            ProcessGoneError: new processes cannot be started, or died too often before they had graded anything.
        """
        grader = self._grader
        try:
            missing = [wall.id for wall in grader.environment.walls() if not wall.stands]
            if missing and not self.despite_missing_walls:
                return JobResult(job.id, None, f"isolation features missing: {', '.join(missing)}")
            graded = grader.grade(job.exercise, job.submission, job.language, prior=job.prior)
        except SandboxError as error:
            self._renew(grader, error)
            return None
        except InternalError as error:
            _log.warning("a job could not be graded", exc_info=True)
            return JobResult(job.id, None, str(error))
        except Exception as error:  # noqa: BLE001 - such as a full disk: this job has no result, the others go on
            _log.warning("a job could not be graded", exc_info=True)
            return JobResult(job.id, None, f"{type(error).__name__}: {error}")
        self._starts_for_nothing = 0
        return JobResult(job.id, graded)

    def _grade_alone(self, job: Job) -> JobResult:
        """Try a job again that was being graded when processes died; when they die each time, it is a fault."""
        for _ in range(TRIES_ALONE):
            if (result := self.try_job(job)) is not None:
                return result
        return JobResult(job.id, None, "the grader's processes ended each time this was graded")

    def _start_grader(self) -> Grader:
        try:
            return Grader(self.course, self.mode)
        except SandboxError as error:
            raise ProcessGoneError(str(error)) from error

    def _renew(self, dead_grader: Grader, reason: ProcessGoneError | SandboxError) -> None:
        """Replace a grader whose processes died by a new one; the first thread that notices does it.

        Raises:
            ProcessGoneError: as `reason` says, when several graders in a row died before they had graded anything,
                which is not this submission's doing; or because the new processes cannot be started.
        """
        with self._lock:
            if self._start_error is not None:
                raise self._start_error
            if dead_grader is not self._grader or self.is_closed:
                return
            self._starts_for_nothing += 1
            if self._starts_for_nothing > MOST_STARTS_FOR_NOTHING:
                raise ProcessGoneError(str(reason)) from reason
            dead_grader.__exit__()
            try:
                self._grader = self._start_grader()
            except ProcessGoneError as error:
                self._start_error = error  # the other threads raise it too; there is no process to end
                raise


class _JobThreads:
    """Grades the jobs of one iterator, in as many threads as the pool is large."""

    def __init__(self, pool: LocalPool, jobs: Iterator[Job], started: Started) -> None:
        self.pool, self.started = pool, started
        self.set_aside: list[Job] = []  # whose processes died, to be tried again alone
        self._jobs, self._jobs_lock = jobs, threading.Lock()
        # Bounded: results wait for whoever stores them, and jobs wait with them. None: a thread has ended.
        self._results: queue.Queue[JobResult | Exception | None] = queue.Queue(pool.size)

    def results(self) -> Iterator[JobResult]:
        """Yield each result as it is finished, until all threads have ended. Raises what a thread raised."""
        for _ in range(self.pool.size):
            threading.Thread(target=self._grade_jobs, daemon=True).start()
        running = self.pool.size
        while running:
            result = self._results.get()
            if isinstance(result, Exception):
                raise result
            if result is None:
                running -= 1
            else:
                yield result

    def _grade_jobs(self) -> None:
        try:
            while not self.pool.is_closed and (job := self._next_job()) is not None:
                self.started(job)
                result = self.pool.try_job(job)
                if result is None:
                    self.set_aside.append(job)
                else:
                    self._put(result)
        except Exception as error:  # noqa: BLE001 - raised where the results are taken
            self._put(error)
        else:
            self._put(None)

    def _next_job(self) -> Job | None:
        with self._jobs_lock:
            return next(self._jobs, None)

    def _put(self, result: JobResult | Exception | None) -> None:
        """Hand over a result; when nobody takes results any more, drop it."""
        while not self.pool.is_closed:
            with contextlib.suppress(queue.Full):
                self._results.put(result, timeout=1.0)
                return
