"""The crew on this machine: one warm worker, as many submissions at once as there are processors."""

import contextlib
import os
import queue
import threading
from collections.abc import Iterable, Iterator
from typing import Self

from grader.course import Course
from grader.crew import Done, Job, Started
from grader.examiner_line import ExaminerLine, GraderError, ProcessGoneError
from grader.grade import Grader, Mode

TRIES_ALONE = 2
MOST_STARTS_FOR_NOTHING = 3


class LocalCrew:
    """Grades in threads that share one grader; when its processes are gone, the next job starts new ones."""

    def __init__(self, course: Course, mode: Mode, size: int | None = None) -> None:
        self.course, self.mode = course, mode
        self.size = size or processors()
        self._lock = threading.Lock()
        self._grader = Grader(course, mode)
        self._left = False
        self._starts_for_nothing = 0  # processes in a row that were gone before they had graded anything

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._left = True
            self._grader.__exit__()

    @property
    def examiner(self) -> ExaminerLine:
        """Return the line to the examiner, which may change when processes have to be started anew."""
        return self._grader.examiner

    def work(self, jobs: Iterable[Job], started: Started) -> Iterator[Done]:
        """Grade jobs; see `grader.crew.Crew`."""
        source, taking = iter(jobs), threading.Lock()
        # Bounded: results wait for whoever stores them, and jobs wait with them.
        results: queue.Queue[Done | Exception | None] = queue.Queue(self.size)
        set_aside: list[Job] = []

        def take() -> Job | None:
            with taking:
                return next(source, None)

        def serve() -> None:
            try:
                while not self._left and (job := take()) is not None:
                    started(job)
                    done = self._tried(job)
                    if done is None:
                        set_aside.append(job)
                    else:
                        self._put(results, done)
            except Exception as error:  # noqa: BLE001 - raised where the results are taken
                self._put(results, error)
            else:
                self._put(results, None)

        for _ in range(self.size):
            threading.Thread(target=serve, daemon=True).start()
        serving = self.size
        while serving:
            result = results.get()
            if isinstance(result, Exception):
                raise result
            if result is None:
                serving -= 1
            else:
                yield result
        for job in set_aside:
            yield self._alone(job)

    def _tried(self, job: Job) -> Done | None:
        """Grade a job; None when processes went away, be it for this job's sake or for another's."""
        grader = self._grader
        try:
            graded = grader.grade(job.exercise, job.submission, job.language)
        except ProcessGoneError as error:
            self._renew(grader, error)
            return None
        except GraderError as error:
            return Done(job.id, None, str(error))
        self._starts_for_nothing = 0
        return Done(job.id, graded)

    def _put(self, results: "queue.Queue[Done | Exception | None]", result: Done | Exception | None) -> None:
        """Hand over a result; when nobody takes results any more, drop it."""
        while not self._left:
            with contextlib.suppress(queue.Full):
                results.put(result, timeout=1.0)
                return

    def _alone(self, job: Job) -> Done:
        for _ in range(TRIES_ALONE):
            if (done := self._tried(job)) is not None:
                return done
        return Done(job.id, None, "the grader's processes ended each time this was graded")

    def _renew(self, gone: Grader, why: ProcessGoneError) -> None:
        """Start new processes in the place of those that are gone; the first to notice does it.

        Raises `why` when that has been for nothing several times: it is not this submission then.
        """
        with self._lock:
            if gone is not self._grader or self._left:
                return
            self._starts_for_nothing += 1
            if self._starts_for_nothing > MOST_STARTS_FOR_NOTHING:
                raise why
            gone.__exit__()
            self._grader = Grader(self.course, self.mode)


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
