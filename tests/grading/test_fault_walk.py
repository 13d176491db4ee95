"""Processes that end at every step of a job: each job comes back once, with its own right mark."""

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable

import pytest

from grader.core.course import Course
from grader.examiner.client import ExaminerClient, ExaminerSession
from grader.grading.local_pool import LocalPool
from grader.grading.results import Mode
from grader.sandbox.receive import Awaited
from grader.sandbox.walled import WalledEnvironment, WalledProcess
from tests.grading.test_local_pool import job, points
from tests.helpers.fragile_examiner import make_course, source

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the walls are Linux's")

# In the order of a job. Each is a method of ours, before or after which something ends.
STEPS: dict[str, tuple[type, str]] = {
    "a session is opened": (ExaminerClient, "open"),
    "a child is started": (WalledEnvironment, "launch"),
    "a child answers": (Awaited, "receive"),
    "evidence is sent": (ExaminerSession, "add"),
    "a child is ended": (WalledProcess, "end"),
    "the verdict is made": (ExaminerSession, "decide"),
}
MOMENTS = [(step, when) for step in STEPS for when in ("before", "after")]


# When each victim surely runs: a child waits from its answer until it is ended. Elsewhere the faster one decides.
SURE = {(step, when) for step in ("a child answers", "evidence is sent") for when in ("before", "after")}


class Saboteur:
    """Ends a process once, at one moment of the first job that reaches it."""

    def __init__(self, pool: LocalPool, victim: Callable[[LocalPool], int | None]) -> None:
        self.pool, self.victim = pool, victim
        self.ended: list[int] = []
        self._lock = threading.Lock()

    def strike(self) -> None:
        with self._lock:
            if not self.ended and (pid := self.victim(self.pool)) is not None:
                # A run that ends by itself just now is no fault: the next time this step is reached decides.
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                    self.ended.append(pid)

    def around(self, step: str, when: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """Strike before or after a step."""
        owner, name = STEPS[step]
        method = getattr(owner, name)

        def struck(*arguments: object, **named: object) -> object:
            if when == "before":
                self.strike()
            result = method(*arguments, **named)
            if when == "after":
                self.strike()
            return result

        monkeypatch.setattr(owner, name, struck)


def an_examiner(pool: LocalPool) -> int | None:
    """Return an examiner that is at work: the ones that wait for a job are in the list of the idle ones."""
    busy = [grader for grader in pool._graders._graders if grader not in pool._graders._idle]
    return next((grader._examiner._process.pid for grader in busy if grader._examiner is not None), None)


def a_child(pool: LocalPool) -> int | None:
    """Return the outermost process of a run that has not ended."""
    environment = pool._graders.environment
    assert isinstance(environment, WalledEnvironment)
    running = [run for run in environment._runs.values() if run.memory is not None and not run._has_ended.is_set()]
    return next((run.memory._pid for run in running if run.memory is not None), None)


def the_worker(pool: LocalPool) -> int | None:
    environment = pool._graders.environment
    assert isinstance(environment, WalledEnvironment)
    return environment._worker.pid


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    return make_course(tmp_path_factory.mktemp("course"), judge_seconds=30.0)


def grade_with_fault(
    course: Course, victim: Callable[[LocalPool], int | None], step: str, when: str, patch: pytest.MonkeyPatch
) -> bool:
    """Grade two submissions while something ends; return whether it did. Each must have its own result, once."""
    jobs = [job("right", source(1), "mood"), job("wrong", source(0), "mood")]
    with LocalPool(course, Mode.WALLS, 2) as pool, patch.context() as patched:
        saboteur = Saboteur(pool, victim)
        saboteur.around(step, when, patched)
        results = [(result.id, points(result)) for result in pool.grade_all(jobs, lambda _: None)]
    assert sorted(results) == [("right", 100), ("wrong", 0)], (step, when)
    return bool(saboteur.ended)


@pytest.mark.parametrize("victim", [an_examiner, a_child])
def test_no_mark_changes_and_none_is_lost_when_a_process_ends_at_any_step(
    course: Course, victim: Callable[[LocalPool], int | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    struck = [moment for moment in MOMENTS if grade_with_fault(course, victim, *moment, monkeypatch)]
    assert set(struck) >= SURE, struck


# Each costs the start of another worker.
@pytest.mark.parametrize("moment", [("a child is started", "before"), ("a child answers", "before")], ids=str)
def test_no_mark_changes_and_none_is_lost_when_the_worker_ends(
    course: Course, moment: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert grade_with_fault(course, the_worker, *moment, monkeypatch)
