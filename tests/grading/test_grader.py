"""The processes of a grader start together, and none is left when one of them cannot start."""

from pathlib import Path

import pytest

from grader.core.course import Course
from grader.grading import grader
from grader.grading.results import Mode


class Environment:
    """Remembers that it was ended."""

    ended = False

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
