"""Look up and store the answers of `grader check` and of `check()` in notebooks, wherever that is possible."""

import logging
from collections.abc import Iterable
from datetime import UTC, datetime

from grader.core.course import Course
from grader.grading.practice_cache import (
    Answer,
    PracticeCache,
    answers_folder,
    describe_context,
    find_key,
    hash_course,
    is_lasting,
)
from grader.grading.results import Graded, Mode, PriorEvidence
from grader.grading.step_reuse import StepReuse
from grader.protocol.plan import Step
from grader.protocol.submission import Submission

_log = logging.getLogger(__name__)


class CheckAnswers:
    """The stored answers to checks against a course. Where nothing can be read or stored, there are none."""

    def __init__(self, course: Course, mode: Mode) -> None:
        """Remember the state of the course: processes that are started now judge by it.

        Args:
            course: that is checked against.
            mode: how submissions run.
        """
        self._course, self._mode = course, mode
        self._course_hash = self._hash_course()
        self._reuse = StepReuse()

    def is_course_changed(self) -> bool:
        """Return whether the exercises were changed since the last call, or since the beginning."""
        before, self._course_hash = self._course_hash, self._hash_course()
        return before != self._course_hash

    def find_key(self, exercise: str, submission: Submission, language: str, only: tuple[str, ...]) -> str | None:
        """Return the key that the answer to a check has, if it may be used again; else None."""
        try:
            return find_key(self._course, exercise, submission, language, only, self._mode, self._course_hash)
        except OSError:  # a file of the course went away
            _log.info("no key of the check", exc_info=True)
            return None

    def read(self, key: str | None) -> Answer | None:
        """Return the result of an earlier check of the same; None where there was none."""
        return PracticeCache(answers_folder()).read(key) if key is not None else None

    def store(self, key: str | None, graded: Graded) -> None:
        """Store the result of a check, unless it may be another one the next time."""
        is_as_before = self._course_hash == self._hash_course()
        if key is not None and is_as_before and is_lasting(graded.verdict, graded.evidence):
            PracticeCache(answers_folder()).write(key, graded)

    def find_prior(self, exercise: str, submission: Submission) -> PriorEvidence | None:
        """Return the evidence that need not be made again after the last check in this process."""
        return self._reuse.find_prior(submission, describe_context(exercise, self._course_hash))

    def note_steps(self, steps: Iterable[Step]) -> None:
        """Remember steps of a plan that is executed."""
        self._reuse.note_steps(steps)

    def remember(self, exercise: str, submission: Submission, graded: Graded) -> None:
        """Remember a check of this process for the next one."""
        self._reuse.remember(submission, describe_context(exercise, self._course_hash), graded)

    def _hash_course(self) -> str:
        try:
            return hash_course(self._course)
        except OSError:
            return ""


def describe_moment(moment: datetime) -> str:
    """Return when a check was made, in the time of this place: without the day where that is today."""
    local = moment.astimezone()
    is_today = local.date() == datetime.now(UTC).astimezone().date()
    return local.strftime("%H:%M" if is_today else "%Y-%m-%d %H:%M")
