"""Grades in a pool on this machine: one warm worker, as many submissions at once as there are processors."""

import contextlib
import logging
import os
import queue
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Self

from grader.core.course import Course
from grader.core.errors import (
    ExaminerGoneError,
    InternalError,
    ProcessGoneError,
    SandboxError,
    UnusableRubricError,
)
from grader.examiner.client import ExaminerClient
from grader.grading.evidence_room import EvidenceRoom, EvidenceShare, NoRoomError
from grader.grading.grader import Grader
from grader.grading.grader_set import GraderSet
from grader.grading.pool import Started
from grader.grading.results import Job, JobResult, Mode
from grader.protocol.verdict import WallState

_log = logging.getLogger(__name__)

TRIES_ALONE = 2  # for a job that was being graded when processes died
MAX_WAITING = 1  # results that wait to be stored, beside one in each thread
MOST_STARTS_FOR_NOTHING = 3  # workers in a row that may be unable to run even a file of one line


def count_processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True)
class Setback:
    """Processes died while a job was being graded, because of it or not."""

    reason: str
    is_of_examiner: bool  # only the examiner that judged this job and no other


class LocalPool:
    """Grades in threads that share one worker. Each job has an examiner to itself; what dies is started anew.

    A submission cannot stop the others, however many of its kind there are: after a death, what was started anew
    is tried with something harmless, and only where that fails, too, grading stops.

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
        self.room = EvidenceRoom(self.size + MAX_WAITING + 1)  # one more: the result that is being stored
        self._lock = threading.Lock()
        self._graders = self._start_graders()
        self._closed = threading.Event()
        self._start_error: ProcessGoneError | None = None  # why no processes can be started any more

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._closed.set()  # without the lock: a thread may hold it for as long as processes take to start
        self._graders.close()

    @property
    def is_closed(self) -> bool:
        """Return whether the pool has been left."""
        return self._closed.is_set()

    @property
    def examiner(self) -> ExaminerClient:
        """Return the examiner; another one when processes had to be restarted."""
        return self._graders.first.examiner

    def walls(self) -> tuple[WallState, ...]:
        """Return the state of each isolation feature; see `grader.grading.pool.GraderPool`."""
        try:
            return self._graders.environment.walls()
        except SandboxError as error:
            raise InternalError(str(error)) from error

    def grade_all(self, jobs: Iterable[Job], started: Started) -> Iterator[JobResult]:
        """Grade jobs; see `grader.grading.pool.GraderPool`."""
        threads = _JobThreads(self, iter(jobs), started)
        yield from threads.results()
        for job, setback in threads.set_aside:
            yield self._grade_alone(job, setback)

    def grade_one(self, job: Job) -> JobResult:
        """Grade one job, in the caller's thread."""
        with self.room.share() as share:
            result = self.try_job(job, share)
        return self._grade_alone(job, result) if isinstance(result, Setback) else result

    def try_job(self, job: Job, share: EvidenceShare) -> JobResult | Setback:
        """Grade a job; return a setback where it has to be tried alone.

        So it is when processes died meanwhile, because of this job or of another one, and when there is no room
        for its evidence beside that of the others. `share`: counts its evidence.

        Raises:
            ProcessGoneError: new processes cannot be started, or can do nothing.
        """
        graders = self._graders
        try:
            missing = [wall.id for wall in graders.environment.walls() if not wall.stands]
            if missing and not self.despite_missing_walls:
                return JobResult(job.id, None, f"isolation features missing: {', '.join(missing)}")
            with graders.grader() as grader:
                graded = grader.grade(job.exercise, job.submission, job.language, prior=job.prior, share=share)
        except ExaminerGoneError as error:
            _log.warning("the examiner of a job is gone", exc_info=True)
            self._require_working_examiner(graders, job.exercise)
            return Setback(str(error), is_of_examiner=not graders.is_closed)
        except SandboxError as error:
            self._renew(graders, error)
            return Setback(str(error), is_of_examiner=False)
        except NoRoomError as error:
            return Setback(str(error), is_of_examiner=False)
        except UnusableRubricError as error:
            return JobResult(job.id, None, str(error), broken_rubric=error.text)
        except InternalError as error:
            _log.warning("a job could not be graded", exc_info=True)
            return JobResult(job.id, None, str(error))
        except Exception as error:  # noqa: BLE001 - such as a full disk: this job has no result, the others go on
            _log.warning("a job could not be graded", exc_info=True)
            return JobResult(job.id, None, f"{type(error).__name__}: {error}")
        return JobResult(job.id, graded)

    def _grade_alone(self, job: Job, setback: Setback) -> JobResult:
        """Try a job again that was being graded when processes died; when they die each time, it is a fault.

        Where it was the examiner, the submission is not graded: what it left has ended that process.
        """
        for _ in range(TRIES_ALONE):
            with self.room.share() as share:
                result = self.try_job(job, share)
            if isinstance(result, JobResult):
                return result
            if setback.is_of_examiner and result.is_of_examiner:  # nothing else can have ended two of them
                return self._refuse(job, result)
            setback = result
        return JobResult(job.id, None, "the grader's processes ended each time this was graded")

    @staticmethod
    def _require_working_examiner(graders: GraderSet, exercise: str) -> None:
        """Raise `ProcessGoneError` where no examiner can do anything, unless all were ended meanwhile."""
        try:
            graders.require_working_examiner(exercise)
        except ProcessGoneError:
            if not graders.is_closed:
                raise

    def _refuse(self, job: Job, setback: Setback) -> JobResult:
        """Return the verdict on a submission that ended its examiner each time: nothing is decided about it."""
        try:
            with self._graders.grader() as grader:
                return JobResult(job.id, grader.refuse(job.exercise, job.submission, job.language))
        except InternalError:
            _log.warning("nothing could be said about a job that ended the examiner", exc_info=True)
            fault = f"{setback.reason}, twice, as it judged this submission"
            return JobResult(job.id, None, fault, ended_examiner=True)

    def _start_graders(self) -> GraderSet:
        try:
            return GraderSet(self.course, self.mode, Grader)
        except SandboxError as error:
            raise ProcessGoneError(str(error)) from error

    def _renew(self, dead: GraderSet, reason: Exception) -> None:
        """Replace graders whose worker died by new ones that work; the first thread that notices does it.

        Raises:
            ProcessGoneError: as `reason` says, when several new ones cannot even run a file of one line, which is
                not this submission's doing.
        """
        with self._lock:
            if self._start_error is not None:
                raise self._start_error
            if dead is not self._graders or self._closed.is_set():
                return
            for _ in range(MOST_STARTS_FOR_NOTHING):
                self._graders.close()
                try:
                    self._graders = self._start_graders()
                    if self._closed.is_set():  # meanwhile: whoever closed the pool did not see this one
                        self._graders.close()
                        return
                    self._graders.require_working_worker()
                except Exception as error:  # noqa: BLE001 - such as a full disk: no processes, whatever the reason
                    _log.warning("new processes could not be started", exc_info=True)
                    reason = error
                    if self._closed.is_set():
                        return
                else:
                    return
            self._start_error = ProcessGoneError(str(reason))  # the other threads raise it too
            raise self._start_error from reason


_Waiting = tuple[JobResult, EvidenceShare]  # a result, and what counts its evidence until it is stored


class _JobThreads:
    """Grades the jobs of one iterator, in as many threads as the pool is large."""

    def __init__(self, pool: LocalPool, jobs: Iterator[Job], started: Started) -> None:
        self.pool, self.started = pool, started
        self.set_aside: list[tuple[Job, Setback]] = []  # whose processes died, to be tried again alone
        self._jobs, self._jobs_lock = jobs, threading.Lock()
        # Bounded: results wait for whoever stores them, and jobs wait with them. None: a thread has ended.
        self._results: queue.Queue[_Waiting | Exception | None] = queue.Queue(MAX_WAITING)

    def results(self) -> Iterator[JobResult]:
        """Yield each result as it is finished, until all threads have ended. Raises what a thread raised."""
        for _ in range(self.pool.size):
            threading.Thread(target=self._grade_jobs, daemon=True).start()
        running = self.pool.size
        while running:
            waiting = self._results.get()
            if isinstance(waiting, Exception):
                raise waiting
            if waiting is None:
                running -= 1
            else:
                result, share = waiting
                with share:  # until whoever takes the results comes back for the next one
                    yield result

    def _grade_jobs(self) -> None:
        try:
            while not self.pool.is_closed and (job := self._next_job()) is not None:
                self.started(job)
                share = self.pool.room.share()
                result = self.pool.try_job(job, share)
                if isinstance(result, Setback):
                    share.close()
                    self.set_aside.append((job, result))
                else:
                    self._put((result, share))
        except Exception as error:  # noqa: BLE001 - raised where the results are taken
            self._put(error)
        else:
            self._put(None)

    def _next_job(self) -> Job | None:
        with self._jobs_lock:
            return next(self._jobs, None)

    def _put(self, waiting: "_Waiting | Exception | None") -> None:
        """Hand over a result; when nobody takes results any more, drop it."""
        while not self.pool.is_closed:
            with contextlib.suppress(queue.Full):
                self._results.put(waiting, timeout=1.0)
                return
