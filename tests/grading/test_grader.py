"""The processes of a grader start together, and none is left when one of them cannot start."""

import hashlib
from pathlib import Path

import pytest

from grader.core.course import Course
from grader.core.errors import ExaminerGoneError
from grader.grading import grader
from grader.grading.results import Mode
from grader.protocol.messages import Question
from grader.protocol.submission import Submission


class Environment:
    """Remembers that it was ended."""

    mode = "plain"
    ended = False

    def walls(self) -> tuple[()]:
        return ()

    def __exit__(self, *_: object) -> None:
        self.ended = True


def test_the_worker_is_ended_when_no_examiner_can_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    environment = Environment()

    def refuse() -> None:
        raise OSError("no more processes")

    monkeypatch.setattr(grader, "start_environment", lambda *_: environment)
    monkeypatch.setattr(grader, "ExaminerClient", refuse)
    with pytest.raises(OSError, match="no more processes"):
        grader.Grader(Course(Path("nowhere")), Mode.PLAIN)
    assert environment.ended


class Examiner:
    """Remembers what it was asked about, and ends."""

    asked: Question | None = None

    def refuse(self, question: Question, *_: object) -> None:
        self.asked = question
        raise ExaminerGoneError("it has ended")

    def close(self) -> None:
        pass


def test_a_refusal_is_asked_for_with_the_rubric_of_the_course_and_its_secret(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    examiner = Examiner()
    monkeypatch.setattr(grader, "start_environment", lambda *_: Environment())
    monkeypatch.setattr(grader, "ExaminerClient", lambda: examiner)
    course = Course(Path("nowhere"), b"secret")
    submission = Submission("a.py", hashlib.sha256(b"").hexdigest(), "script", ())
    with grader.Grader(course, Mode.PLAIN) as started, pytest.raises(ExaminerGoneError):
        started.refuse("two", submission, "en")
    assert examiner.asked == Question("nowhere", "two", secret=b"secret")
