"""What ends or hangs the examiner costs one submission, in every command; the others have their verdicts."""

import sys
import time
from pathlib import Path

import pytest

from grader.core.course import Course
from grader.core.errors import ProcessGoneError
from grader.examiner.client import ExaminerClient
from grader.grading.local_pool import LocalPool
from grader.grading.results import Mode
from grader.protocol.verdict import Status
from tests.grading.test_local_pool import job, points
from tests.helpers.class_fixtures import Run, entries, marks
from tests.helpers.fragile_examiner import MOODS, make_course, source

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the walls are Linux's")


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return make_course(tmp_path / "course", judge_seconds=1.0)


@pytest.fixture
def class_(tmp_path: Path) -> Path:
    """Hostile hand-ins first, and two right ones after them."""
    folder = tmp_path / "class"
    folder.mkdir()
    for name in ("computes without a turn for others", "is killed"):
        (folder / f"a {name}.py").write_text(source(MOODS[name]))
    for name in ("y", "z"):
        (folder / f"{name}.py").write_text(source(1) + f"# {name}\n")
    return folder


def test_any_number_of_hostile_hand_ins_in_front_costs_the_others_nothing(course: Course) -> None:
    jobs = [job(name, source(mood), "mood") for name, mood in MOODS.items()]
    jobs += [job("right", source(1), "mood"), job("wrong", source(0), "mood")]
    begun = time.monotonic()
    with LocalPool(course, Mode.WALLS, 2) as pool:
        results = {result.id: result for result in pool.grade_all(jobs, lambda _: None)}
        assert time.monotonic() - begun < 300  # of a machine that does other things too
        clients = [grader._examiner for grader in pool._graders._graders]
    assert len(results) == len(jobs)
    assert (points(results["right"]), points(results["wrong"])) == (100, 0)
    for name in MOODS:
        graded = results[name].graded
        assert graded is not None, results[name].fault
        assert graded.verdict.status is Status.NOT_GRADED, name
        # Where processor time is scarce, the time of the clock is over first.
        reasons = (
            "a person has to look at it",
            *(["takes it longer than 1 s"] if name == "computes for ever" else []),
        )
        assert any(reason in graded.verdict.criteria[0].message for reason in reasons), name
    assert all(client is None or client._process.poll() is not None for client in clients)


def test_grading_stops_where_no_examiner_can_do_anything(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise ProcessGoneError("no examiner of this installation works")

    monkeypatch.setattr("grader.grading.grader_set.GraderSet.require_working_examiner", refuse)
    with LocalPool(course, Mode.WALLS, 1) as pool, pytest.raises(ProcessGoneError, match="of this installation"):
        list(pool.grade_all([job("a", source(MOODS["exits"]), "mood"), job("b", source(1), "mood")], print))


def test_a_class_with_hostile_hand_ins_is_graded_and_judged_again(
    run: Run, course: Course, class_: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    rubric = course.rubric_file("mood")
    hostile = rubric.read_text()
    rubric.write_text(hostile.replace("    if number in MOODS", "    if number is None"))
    assert run("batch", "mood", class_, "--out", out).exit_code == 0
    right, wrong = {"y": 100.0, "z": 100.0}, dict.fromkeys(marks(out), 0.0)
    assert marks(out) == wrong | right

    rubric.write_text(hostile)  # whose judgement the same evidence ends
    monkeypatch.setattr("grader.classroom.rejudge.STORE_SECONDS", 1.0)
    again = run("rescore", out)
    assert again.exit_code == 0, again.output
    assert "2 judged again" in again.output
    problems = {name: entry.problem for name, entry in entries(out).items() if name not in right}
    assert all("This could not be judged" in problem for problem in problems.values()), problems
    assert all("twice" in problem for problem in problems.values()), problems
    final = {name: entry.mark for name, entry in entries(out).items()}
    assert final == dict.fromkeys(final, None) | right

    (class_ / "a is stopped.py").write_text(source(MOODS["is stopped"]))
    result = run("batch", "mood", class_, "--out", out)
    assert result.exit_code == 0, result.output
    final = {name: entry.mark for name, entry in entries(out).items()}
    assert final == dict.fromkeys(final, None) | right
    verdict = entries(out)["a is stopped"].verdict
    assert verdict is not None
    assert "a person has to look at it" in verdict.criteria[0].message


def test_one_hand_in_that_hangs_the_examiner_is_not_graded_by_check_nor_ci(
    run: Run, course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, mood in (("right", 1), ("hangs", MOODS["sleeps"])):
        (tmp_path / "mood" / name).mkdir(parents=True)
        (tmp_path / "mood" / name / "submission.py").write_text(source(mood))
    monkeypatch.chdir(tmp_path)
    result = run("check", "mood", "mood/hangs/submission.py", "--course", course.folder)
    assert result.exit_code == 3
    assert "a person has to look at it" in " ".join(result.output.split())
    files = [f"mood/{name}/submission.py" for name in ("hangs", "right")]
    answer = run("ci", *files, "--course", course.folder)
    assert answer.exit_code == 3, answer.output
    assert "100" in answer.output
    assert "a person has to look at it" in (tmp_path / "grader-ci" / "answer.json").read_text()


def test_an_examiner_that_was_stopped_can_be_ended(course: Course) -> None:
    import os
    import signal

    client = ExaminerClient()
    os.kill(client._process.pid, signal.SIGSTOP)
    begun = time.monotonic()
    client.close()
    assert time.monotonic() - begun < 2
    assert client._process.poll() is not None
