"""The pool on this machine: every job comes back, also when the grader's own processes die."""

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.core.course import Course
from grader.core.errors import InternalError, ProcessGoneError
from grader.grading.grader import Grader
from grader.grading.local_pool import MOST_STARTS_FOR_NOTHING, LocalPool
from grader.grading.results import Graded, Job, JobResult, Mode
from grader.protocol.submission import Submission, Unit
from grader.protocol.verdict import WallState
from grader.sandbox.walled import WalledEnvironment
from tests.helpers.class_fixtures import WRONG_SCALE
from tests.helpers.two_functions import RIGHT

SLOW = RIGHT + "\n\nimport time\n\ntime.sleep(1.5)\n"


def job(name: str, source: str, exercise: str = "two") -> Job:
    submission = Submission("submission.py", "0" * 64, "script", (Unit(source, source),))
    return Job(name, exercise, submission, "en")


def points(done: JobResult) -> float:
    assert done.graded is not None, done.fault
    return done.graded.verdict.points


def worker_pid(pool: LocalPool) -> int:
    environment = pool._graders.environment
    assert isinstance(environment, WalledEnvironment)
    return environment._worker.pid


def test_every_job_comes_back_once(pool: LocalPool) -> None:
    jobs = [job(str(i), RIGHT if i % 2 else WRONG_SCALE) for i in range(7)]
    begun: list[str] = []
    done = list(pool.grade_all(jobs, lambda j: begun.append(j.id)))
    assert {d.id: points(d) for d in done} == {str(i): 100 if i % 2 else 60 for i in range(7)}
    assert sorted(begun) == [j.id for j in jobs]


def test_jobs_are_taken_only_when_they_are_needed(pool: LocalPool) -> None:
    taken: list[int] = []

    def jobs() -> Iterator[Job]:
        for i in range(20):
            taken.append(i)
            yield job(str(i), RIGHT)

    results = pool.grade_all(jobs(), lambda _: None)
    next(results)
    # At work, done and waiting to be fetched, and fetched: never the whole class.
    assert len(taken) <= 3 * pool.size + 1


def test_a_worker_that_goes_away_costs_nothing_but_time(pool: LocalPool) -> None:
    begun = threading.Event()
    killed: list[int] = []

    def kill_once(_: Job) -> None:
        if not killed and begun.is_set():
            killed.append(worker_pid(pool))
            os.kill(killed[0], signal.SIGKILL)
        begun.set()

    done = list(pool.grade_all([job(str(i), SLOW) for i in range(4)], kill_once))
    assert killed
    assert worker_pid(pool) != killed[0]
    assert sorted((d.id, points(d)) for d in done) == [(str(i), 100) for i in range(4)]


class Deadly(Grader):
    """Its processes end whenever a certain submission is graded. No submission can do that, so it is made up."""

    def grade(self, exercise: str, submission: Submission, *rest: object, **named: object) -> Graded:
        if "deadly" in submission.units[0].source:
            os.kill(self.environment._worker.pid, signal.SIGKILL)  # type: ignore[attr-defined]
            raise ProcessGoneError("the worker is gone")
        return super().grade(exercise, submission, *rest, **named)  # type: ignore[arg-type]


@pytest.mark.own_worker
def test_a_job_that_ends_the_processes_each_time_is_a_fault_and_the_others_are_graded(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grader.grading.local_pool.Grader", Deadly)
    with LocalPool(course, Mode.WALLS, 2) as pool:
        jobs = [job("a", RIGHT), job("bad", RIGHT + "# deadly"), job("b", RIGHT)]
        done = {d.id: d for d in pool.grade_all(jobs, lambda _: None)}
    assert points(done["a"]) == points(done["b"]) == 100
    assert done["bad"].graded is None
    assert "ended each time" in done["bad"].fault


@pytest.mark.own_worker
def test_a_grader_that_never_starts_is_reported_and_not_started_for_each_submission(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[int] = []

    class Broken(Grader):
        def __init__(self, course: Course, mode: Mode) -> None:
            started.append(1)
            super().__init__(course, mode)

    monkeypatch.setattr("grader.grading.local_pool.Grader", Broken)
    monkeypatch.setattr("grader.sandbox.walled.worker_environment", lambda: {"PYTHONHOME": "/nowhere"})
    # Its worker may die before it can be sent anything, or a moment later.
    with pytest.raises(InternalError), LocalPool(course, Mode.WALLS, 2) as pool:
        list(pool.grade_all([job(str(i), RIGHT) for i in range(30)], lambda _: None))
    assert 1 <= len(started) <= MOST_STARTS_FOR_NOTHING + 1


def test_where_an_isolation_feature_is_missing_no_job_is_graded_unless_that_is_allowed(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = WalledEnvironment.walls

    def one_is_missing(environment: WalledEnvironment) -> tuple[WallState, ...]:
        first, *others = real(environment)
        return (WallState(id=first.id, stands=False), *others)

    monkeypatch.setattr(WalledEnvironment, "walls", one_is_missing)
    with LocalPool(course, Mode.WALLS, 1) as strict:
        (done,) = strict.grade_all([job("a", RIGHT)], lambda _: None)
    assert done.graded is None
    assert "isolation features missing" in done.fault
    with LocalPool(course, Mode.WALLS, 1, despite_missing_walls=True) as lenient:
        (done,) = lenient.grade_all([job("a", RIGHT)], lambda _: None)
    assert points(done) == 100


def test_whatever_goes_wrong_around_a_job_is_a_fault_of_it_alone(
    pool: LocalPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Grader.grade

    def grade(grader: Grader, exercise: str, submission: Submission, *rest: object, **named: object) -> Graded:
        if "full" in submission.units[0].source:
            raise OSError(28, "No space left on device")
        return real(grader, exercise, submission, *rest, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(Grader, "grade", grade)
    done = {d.id: d for d in pool.grade_all([job("a", RIGHT), job("b", RIGHT + "# full")], lambda _: None)}
    assert points(done["a"]) == 100
    assert done["b"].graded is None
    assert "No space left" in done["b"].fault


def test_a_fault_of_the_rubric_is_a_fault_of_its_job_alone(pool: LocalPool, course: Course) -> None:
    bad = course.folder / "exercises" / "bad"
    bad.mkdir()
    (bad / "rubric.py").write_text("RUBRIC = 1")
    done = {d.id: d for d in pool.grade_all([job("bad", RIGHT, "bad"), job("good", RIGHT)], lambda _: None)}
    assert "RUBRIC = Rubric(...)" in done["bad"].fault
    assert done["bad"].broken_rubric is not None
    assert points(done["good"]) == 100


def test_what_goes_wrong_while_jobs_are_made_is_raised_where_results_are_taken(pool: LocalPool) -> None:
    def jobs() -> Iterator[Job]:
        yield job("a", RIGHT)
        raise OSError("the store is gone")

    with pytest.raises(OSError, match="the store is gone"):
        list(pool.grade_all(jobs(), lambda _: None))


def test_prior_evidence_is_judged_without_a_run(pool: LocalPool, tmp_path: Path) -> None:
    from grader.grading.results import PriorEvidence

    (first,) = pool.grade_all([job("a", RIGHT)], lambda _: None)
    assert first.graded is not None
    verdict = first.graded.verdict
    prior = PriorEvidence(first.graded.evidence, verdict.seeds, verdict.isolation, verdict.resources)
    # A submission that would get nothing if it were run.
    again = Job("a", "two", job("a", "raise SystemExit").submission, "en", prior)
    (second,) = pool.grade_all([again], lambda _: None)
    assert points(second) == 100
    assert second.graded is not None
    assert second.graded.evidence == first.graded.evidence
    assert second.graded.verdict.resources == verdict.resources
    assert second.graded.verdict.isolation == verdict.isolation
