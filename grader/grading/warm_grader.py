"""Keeps a grader's processes running from one submission to the next, and restarts them when they have died."""

import contextlib
from typing import Self

from grader.core.course import Course
from grader.core.errors import ExaminerGoneError, ProcessGoneError, SandboxError
from grader.grading.grader import Grader
from grader.grading.results import Graded, Mode, PriorEvidence
from grader.grading.submission_runs import OnCriterion, OnPlan
from grader.protocol.submission import Submission
from grader.sandbox.cancel import CancelledError, CancelToken
from grader.sandbox.run import Progress

TRIES = 2  # for one submission; processes that die each time die because of it, or because of the machine


class WarmGrader:
    """Grades one submission after the other with the same processes. A context manager."""

    def __init__(self, course: Course, mode: Mode) -> None:
        """Remember what to grade; the processes are started by `prepare`, or for the first submission.

        Args:
            course: whose exercises are graded.
            mode: behind walls or without.
        """
        self.course, self.mode = course, mode
        self._grader: Grader | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None = None, *_: object) -> None:
        self.close(kind)

    def close(self, kind: type[BaseException] | None = None) -> None:
        """End the processes. May be called twice; the next submission starts new ones.

        `kind`: of the exception that ends them; after Ctrl-C, nothing is waited for.
        """
        grader, self._grader = self._grader, None
        if grader is not None:
            grader.__exit__(kind)

    def grade(
        self,
        exercise: str,
        submission: Submission,
        language: str,
        progress: Progress = lambda *_: None,
        cancel: CancelToken | None = None,
        *,
        prior: PriorEvidence | None = None,
        only: tuple[str, ...] = (),
        on_criterion: OnCriterion | None = None,
        on_plan: OnPlan | None = None,
    ) -> Graded:
        """Run and judge one submission, and prepare for the next one.

        Where the examiner ended each time, nothing is decided about the submission, and the verdict says so.

        Args:
            exercise: its name in the course.
            submission: what was handed in.
            language: of the verdict.
            progress: called before each step of a run.
            cancel: with it, another thread can cancel the run.
            prior: evidence that would come out the same, so that only what is missing in it is done.
            only: names of criteria and functions; without any, all are judged.
            on_criterion: called with each criterion that is decided before the run is over.
            on_plan: called with the steps of each plan before it is executed with the submission.

        Raises:
            UnknownCriterionError: a name in `only` that the exercise does not have.
            ProcessGoneError: the worker died each time.
            InternalError: another fault of the grader.
            CancelledError: the run was cancelled.
        """
        last_error: Exception | None = None
        for _ in range(TRIES):
            try:
                grader = self._running_grader()
                graded = grader.grade(
                    exercise,
                    submission,
                    language,
                    progress,
                    prior,
                    cancel,
                    only=only,
                    on_criterion=on_criterion,
                    on_plan=on_plan,
                )
            except ExaminerGoneError as error:
                last_error = error  # the grader starts a new one; the worker is as good as before
            except SandboxError as error:
                last_error = error
                self.close()
            except CancelledError:
                self.prepare()
                raise
            else:
                self.prepare()
                return graded
        if isinstance(last_error, ExaminerGoneError):
            with contextlib.suppress(SandboxError):
                return self._running_grader().refuse(exercise, submission, language)
        raise ProcessGoneError(str(last_error)) from last_error

    def prepare(self) -> None:
        """Start what the next submission will need. A failure is ignored: `grade` tries again and reports it."""
        with contextlib.suppress(OSError, SandboxError):
            self._running_grader().prepare()

    def _running_grader(self) -> Grader:
        """Return the grader; start it if there is none. Raises `SandboxError`."""
        if self._grader is None:
            self._grader = Grader(self.course, self.mode)
        return self._grader
