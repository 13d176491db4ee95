"""The processes of a pool: one worker, and an examiner for each submission that is graded at the same time."""

import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from grader.core.course import Course
from grader.core.errors import ExaminerGoneError, InternalError, ProcessGoneError, SandboxError
from grader.grading.grader import Grader
from grader.grading.results import Mode
from grader.protocol.messages import Question
from grader.protocol.parcels import pack
from grader.protocol.plan import Limits, Plan, value_of
from grader.protocol.submission import Submission, Unit
from grader.sandbox.environment import SandboxEnvironment
from grader.sandbox.run import execute_plan

EXAMINER_STARTS = 3  # tries to start an examiner that can make a plan
PROBE_SOURCE = "probe = 1\n"

MakeGrader = Callable[..., Grader]


class GraderSet:
    """Graders that share one environment and have an examiner each: what ends an examiner touches one submission.

    A second grader is started when two submissions are graded at once, and kept.
    """

    def __init__(self, course: Course, mode: Mode, make_grader: MakeGrader = Grader) -> None:
        """Start the worker and one examiner. Raises `SandboxError`.

        Args:
            course: whose exercises are graded.
            mode: behind walls or without.
            make_grader: starts a grader.
        """
        self._course, self._mode, self._make_grader = course, mode, make_grader
        self._first = make_grader(course, mode)
        self._graders, self._idle = [self._first], [self._first]
        self._lock = threading.Lock()
        self._is_closed = False

    @property
    def environment(self) -> SandboxEnvironment:
        """Return the environment that all graders share."""
        return self._first.environment

    @property
    def first(self) -> Grader:
        """Return the grader that there always is."""
        return self._first

    @property
    def is_closed(self) -> bool:
        """Return whether all processes have been ended."""
        return self._is_closed

    @contextmanager
    def grader(self) -> Iterator[Grader]:
        """Give a grader that nobody else uses, as long as the context lasts. Raises `SandboxError`."""
        grader = self._take()
        try:
            yield grader
        finally:
            with self._lock:
                self._idle.append(grader)

    def _take(self) -> Grader:
        with self._lock:
            if self._idle:
                return self._idle.pop()
        grader = self._make_grader(self._course, self._mode, environment=self.environment)
        with self._lock:
            self._graders.append(grader)
            is_late = self._is_closed
        if is_late:
            grader.__exit__()
            raise ProcessGoneError("the pool is closed")
        return grader

    def close(self) -> None:
        """End all processes, also while they are at work. May be called twice."""
        with self._lock:
            self._is_closed = True
            graders, self._graders = self._graders, []
        for grader in reversed(graders):  # the first one ends the environment
            grader.__exit__()

    def require_working_worker(self) -> None:
        """Run a file of one line behind the walls, after their self-test.

        Raises:
            SandboxError: not even that can be run, so it is no submission's doing that others were not.
        """
        self.environment.walls()
        step = value_of("probe")
        plan = Plan(exercise="", limits=Limits(), steps=(step,))
        digest = hashlib.sha256(PROBE_SOURCE.encode()).hexdigest()
        submission = Submission("probe.py", digest, "script", (Unit(PROBE_SOURCE, PROBE_SOURCE),))
        run = execute_plan(self.environment, pack(plan, {}), submission)
        if step.id not in run.bodies:
            stopped = run.stops.get(step.id)
            raise SandboxError(f"a file of one line cannot be run: {stopped.reason if stopped else 'no evidence'}")

    def require_working_examiner(self, exercise: str) -> None:
        """Have a plan made, with an examiner that is started for it where the last one has ended.

        Raises:
            ProcessGoneError: no examiner can do that, so it is no submission's doing that the last one ended.
        """
        question = Question(str(self._course.folder), exercise, secret=self._course.secret)
        for last_try in (*[False] * (EXAMINER_STARTS - 1), True):
            with self.grader() as grader:
                try:
                    grader.plan(question)
                except ExaminerGoneError as error:
                    if last_try:
                        raise ProcessGoneError(str(error)) from error
                except ProcessGoneError:  # it was closed meanwhile
                    raise
                except InternalError:  # of the rubric's: it answers
                    return
                else:
                    return
