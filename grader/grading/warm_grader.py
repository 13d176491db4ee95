"""A grader that stays: warm from one submission to the next, and started anew when its processes are gone."""

import contextlib
from typing import Self

from grader.core.course import Course
from grader.core.errors import ProcessGoneError, SandboxError
from grader.grading.grader import Grader
from grader.grading.results import Graded, Mode
from grader.protocol.submission import Submission
from grader.sandbox.run import CancelledError, CancelToken, Progress

TRIES = 2  # for one submission: processes that end each time end for its sake, or for the machine's


class WarmGrader:
    """Grades one submission after the other with the same processes. A context manager."""

    def __init__(self, course: Course, mode: Mode) -> None:
        self.course, self.mode = course, mode
        self._grader: Grader | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the processes. May be called twice, and the next submission starts others."""
        grader, self._grader = self._grader, None
        if grader is not None:
            grader.__exit__()

    def grade(
        self,
        exercise: str,
        submission: Submission,
        language: str,
        progress: Progress = lambda *_: None,
        cancel: CancelToken | None = None,
    ) -> Graded:
        """Run and judge one submission; see `Grader.grade`.

        Raises `ProcessGoneError` when the processes ended each time, another `InternalError` for a fault of the
        grader, and `CancelledError`.
        """
        gone: Exception | None = None
        for _ in range(TRIES):
            try:
                grader = self._started()
                graded = grader.grade(exercise, submission, language, progress, cancel=cancel)
            except (ProcessGoneError, SandboxError) as error:
                gone = error
                self.close()
            except CancelledError:
                self.prepare()
                raise
            else:
                self.prepare()
                return graded
        raise ProcessGoneError(str(gone)) from gone

    def prepare(self) -> None:
        """Start what the next submission will need; what cannot be started now may be when it is needed."""
        with contextlib.suppress(OSError, SandboxError):
            self._started().prepare()

    def _started(self) -> Grader:
        if self._grader is None:
            self._grader = Grader(self.course, self.mode)
        return self._grader
