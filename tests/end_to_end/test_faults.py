"""Faults of the grader's own: they are told as what they are, and never become a mark."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.core.course import Course
from grader.core.errors import InternalError
from grader.grading.grader import Grader
from grader.grading.results import Mode
from grader.sandbox.walled import WalledEnvironment
from grader.submission.reader import read
from tests.end_to_end.conftest import COURSE, criterion, statuses, written
from tests.helpers.shared_worker import SharedWorker, start_grader

SLEEPS = "def one_hot(y):\n    import time; time.sleep(2)\n    return np.eye(10)[y]"


@pytest.fixture
def own_grader() -> Iterator[Grader]:
    """A grader whose worker may be killed."""
    with Grader(COURSE, Mode.WALLS) as started:
        yield started


@pytest.fixture
def own_examiner(shared_worker: SharedWorker) -> Iterator[Grader]:
    """A grader whose examiner may be killed."""
    with start_grader(shared_worker, COURSE) as started:
        yield started


def worker_of(grader: Grader) -> int:
    assert isinstance(grader.environment, WalledEnvironment)
    return grader.environment._worker.pid


def examiner_of(grader: Grader) -> int:
    return grader.examiner._process.pid


def test_the_end_of_the_worker_is_no_mark(own_grader: Grader, tmp_path: Path) -> None:
    submission = read(written(tmp_path, SLEEPS))
    own_grader.grade("functions", read(written(tmp_path, "")))  # it is up

    def end() -> None:
        time.sleep(0.7)
        os.kill(worker_of(own_grader), signal.SIGKILL)

    thread = threading.Thread(target=end)
    thread.start()
    with pytest.raises(InternalError, match="the worker is gone"):
        own_grader.grade("functions", submission)
    thread.join()
    with pytest.raises(InternalError):  # nor does it come back
        own_grader.grade("functions", submission)


def test_the_end_of_the_examiner_is_no_mark(own_examiner: Grader, tmp_path: Path) -> None:
    submission = read(written(tmp_path, ""))
    assert own_examiner.grade("functions", submission).verdict.points == 100
    os.kill(examiner_of(own_examiner), signal.SIGKILL)
    with pytest.raises(InternalError, match="examiner"):
        own_examiner.grade("functions", submission)
    assert own_examiner.grade("functions", submission).verdict.points == 100  # by a new one


FAULTY = '''
"""A rubric with one check that fails by itself, and one that does not."""

from dataclasses import dataclass

from grader.rubric.checks import OneHot
from grader.rubric.checks.base import Check
from grader.rubric.data import digits
from grader.rubric import Bilingual, Criterion, Rubric, Task


@dataclass(frozen=True)
class Fails(Check):
    """A check that raises."""

    def steps(self, seeds):
        return OneHot("one_hot", classes=10).steps(seeds)

    def arrays(self):
        return OneHot("one_hot", classes=10).arrays()

    def judge(self, case):
        raise ZeroDivisionError("no rows")


def named(text):
    return Bilingual(en=text, de=text)


RUBRIC = Rubric(
    title=named("Faulty"),
    task=Task(kind="functions"),
    data=digits,
    criteria=(
        Criterion(id="fails", points=60, title=named("fails"), lesson=named("."), check=Fails()),
        Criterion(
            id="one_hot", points=40, title=named("b"), lesson=named("."), check=OneHot("one_hot", classes=10)
        ),
    ),
)
'''


def course(folder: Path, rubric: str) -> Course:
    (folder / "exercises" / "faulty").mkdir(parents=True)
    (folder / "exercises" / "faulty" / "rubric.py").write_text(rubric)
    return Course(folder)


def test_a_check_that_fails_is_not_graded_and_the_others_are(
    grader: Grader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grader, "course", course(tmp_path, FAULTY))
    verdict = grader.grade("faulty", read(written(tmp_path, ""))).verdict
    assert statuses(verdict) == {"fails": "not_graded", "one_hot": "passed"}
    assert "ZeroDivisionError: no rows" in criterion(verdict, "fails").message
    assert (verdict.status, verdict.points) == ("not_graded", 40)


@pytest.mark.parametrize(
    ("rubric", "said"),
    [
        ("1 / 0", "ZeroDivisionError"),
        ("RUBRIC = 3", "has to define RUBRIC"),
        (FAULTY.replace("points=60", "points=50"), "points add up to 90; total=100 expected"),
        (
            FAULTY.replace('return OneHot("one_hot", classes=10).steps(seeds)', "return ()"),
            "fails asks for no step",
        ),
    ],
)
def test_a_rubric_with_a_fault_is_told(
    grader: Grader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rubric: str, said: str
) -> None:
    working = grader.course
    monkeypatch.setattr(grader, "course", course(tmp_path, rubric))
    submission = read(written(tmp_path, ""))
    with pytest.raises(InternalError, match=said):
        grader.grade("faulty", submission)
    monkeypatch.setattr(grader, "course", working)
    assert grader.grade("functions", submission).verdict.points == 100  # the examiner goes on


def test_a_late_answer_is_not_taken_for_the_next(
    grader: Grader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    submission = read(written(tmp_path, ""))
    os.kill(grader.examiner._process.pid, signal.SIGSTOP)  # its answer would come after the deadline
    with monkeypatch.context() as patched:
        patched.setattr("grader.examiner.client.START_SECONDS", 0.1)
        with pytest.raises(InternalError, match=r"did not answer within 0\.1 seconds"):
            grader.grade("functions", submission)
    assert grader.grade("functions", submission).verdict.points == 100
