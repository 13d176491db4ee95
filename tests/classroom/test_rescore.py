"""A class judged again: no run where evidence is kept, each change told, old verdicts and adjustments kept."""

import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import pytest

from grader.classroom.folder import seal_course
from grader.classroom.judge_messages import JudgeReply, JudgeRequest, JudgeSettings, PlanKey
from grader.classroom.judge_process import Judge
from grader.classroom.rejudge import JudgeProcess, RejudgeJob, RejudgeResult
from grader.classroom.rescore import Rescorer
from grader.classroom.store.blobs import sha256_of
from grader.core.course import Course
from grader.examiner.service import Examiner
from grader.examiner.session import Session
from grader.protocol.gradebook import GradebookEntry
from grader.protocol.messages import Question
from grader.protocol.submission import Submission
from tests.helpers.class_fixtures import Run, entries, marks, opened
from tests.helpers.paths import END_TO_END_COURSE
from tests.helpers.store_tables import history
from tests.helpers.two_functions import RUBRIC

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the walls are Linux's")


def change_rubric(course: Course, old: str, new: str, exercise: str = "two") -> None:
    path = course.rubric_file(exercise)
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def past_points(out: Path, student: str) -> list[float]:
    """Return the points of all verdicts that a student ever had, oldest first."""
    _, store, publisher = opened(out)
    with store:
        past = history(store, publisher.folder.settings.series, student)
    return [item.verdict.points for item in past if item.verdict is not None]


def no_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on, a run is an error."""

    def refuse(*_: object) -> None:
        raise AssertionError("something was run")

    monkeypatch.setattr("grader.grading.local_pool.Grader", refuse)


@pytest.fixture
def graded(run: Run, class_: Path, out: Path) -> Path:
    """A class that is graded."""
    (class_ / "empty.py").write_text("")
    result = run("batch", "two", class_, "--out", out)
    assert result.exit_code == 0, result.output
    return out


def test_other_points_need_no_run_and_every_change_is_told(
    run: Run, course: Course, graded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_runs(monkeypatch)
    change_rubric(course, '"one_hot", 60', '"one_hot", 30')
    change_rubric(course, '"scale", 40', '"scale", 70')
    result = run("rescore", graded)
    assert result.exit_code == 0, result.output
    assert "2 judged again, 2 changed." in result.output
    assert marks(graded) == {"anna": 100, "ben": 30, "empty": None}
    (line,) = [line for line in result.output.splitlines() if line.startswith("ben")]
    assert line.split() == ["ben", "60", "30", "one_hot", "60", "→", "30"]
    assert past_points(graded, "ben") == [60, 30]
    assert "30" in (graded / entries(graded)["ben"].report).read_text("utf-8")


def test_all_judges_read_the_rubric_at_the_same_time(
    run: Run, graded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask, meeting = JudgeProcess.ask, threading.Barrier(2, timeout=60)

    def ask_together(process: JudgeProcess, request: JudgeRequest, seconds: float) -> JudgeReply:
        if isinstance(request, PlanKey):
            meeting.wait()  # an error where nobody comes
        return ask(process, request, seconds)

    monkeypatch.setattr("grader.classroom.rejudge.count_processors", lambda: 2)
    monkeypatch.setattr(JudgeProcess, "ask", ask_together)
    result = run("rescore", graded)
    assert result.exit_code == 0, result.output
    assert "2 judged again" in result.output


def test_marks_that_the_rules_of_the_course_changed_are_listed_as_well(
    run: Run, course: Course, graded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_runs(monkeypatch)
    policy = course.folder / "policy.toml"
    policy.write_text("round_to = 50\n")
    output = run("rescore", graded).output
    assert "2 judged again, 1 changed." in output
    (line,) = [line for line in output.splitlines() if line.startswith("ben")]
    assert line.split() == ["ben", "60", "50", "the", "rules", "of", "the", "course"]
    assert "2 judged again, 0 changed." in run("rescore", graded).output
    # Another rubric and other rules at once: both are named. A grade is a change, too.
    policy.write_text('grades = "pass_fail"\n')
    change_rubric(course, '"one_hot", 60', '"one_hot", 30')
    change_rubric(course, '"scale", 40', '"scale", 70')
    lines = [line.split() for line in run("rescore", graded).output.splitlines()]
    assert [
        "ben",
        "50",
        "30",
        "(failed)",
        "one_hot",
        "60",
        "→",
        "30,",
        "the",
        "rules",
        "of",
        "the",
        "course",
    ] in lines
    assert any(line[:4] == ["anna", "100", "100", "(passed)"] for line in lines)


def test_the_same_rubric_changes_nothing(run: Run, graded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    no_runs(monkeypatch)
    before = {path.name: path.read_bytes() for path in (graded / "reports").iterdir()}
    result = run("rescore", graded)
    assert "2 judged again, 0 changed." in result.output
    assert len(past_points(graded, "anna")) == 1
    assert {path.name: path.read_bytes() for path in (graded / "reports").iterdir()} == before


def test_adjustments_outlive_rescoring_and_can_be_taken_back(run: Run, course: Course, graded: Path) -> None:
    assert (
        run("adjust", graded, "ben", "--points", "35", "--criterion", "scale", "--reason", "a typo").exit_code == 0
    )
    assert run("adjust", graded, "ben", "--points", "-1", "--reason", "late").exit_code == 0
    assert run("adjust", graded, "empty", "--points", "50", "--reason", "orally").exit_code == 0
    assert marks(graded) == {"anna": 100, "ben": 94, "empty": 50}
    report = graded / entries(graded)["ben"].report
    assert "It is now 94 of 100 points" in report.read_text("utf-8")
    change_rubric(course, '"one_hot", 60', '"one_hot", 50')
    change_rubric(course, '"scale", 40', '"scale", 50')
    assert run("rescore", graded).exit_code == 0
    assert marks(graded) == {"anna": 100, "ben": 84, "empty": 50}
    assert "a typo" in (graded / "index.html").read_text("utf-8")
    assert "It is now 84 of 100 points" in report.read_text("utf-8")
    assert run("adjust", graded, "ben", "--withdraw").exit_code == 0
    assert marks(graded)["ben"] == 50
    assert "It is now" not in report.read_text("utf-8")
    assert run("adjust", graded, "ben", "--withdraw").exit_code == 2


def test_a_second_decision_on_a_criterion_takes_the_place_of_the_first(run: Run, graded: Path) -> None:
    for points in (10, 20):
        run("adjust", graded, "ben", "--points", points, "--criterion", "scale", "--reason", "so")
    assert marks(graded)["ben"] == 80


def test_after_a_change_of_the_rubric_an_adjusted_report_waits_for_rescoring(
    run: Run, course: Course, graded: Path
) -> None:
    report = graded / entries(graded)["ben"].report
    before = report.read_bytes()
    change_rubric(course, '"one_hot", 60', '"one_hot", 50')
    change_rubric(course, '"scale", 40', '"scale", 50')
    result = run("adjust", graded, "ben", "--points", "1", "--reason", "so")
    assert result.exit_code == 0
    assert "after: grader rescore" in result.output
    assert report.read_bytes() == before
    assert marks(graded)["ben"] == 61  # the store's verdict is still the old one


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nobody", "--points", "1", "--reason", "r"), "Nobody called nobody"),
        (("ben", "--points", "1", "--reason", "r", "--criterion", "x"), "no criterion x"),
        (("ben", "--points", "nan", "--reason", "r"), "nan"),
        (("ben", "--points", "1", "--reason", "  "), "--reason"),
    ],
)
def test_an_adjustment_that_makes_no_sense_is_refused(
    run: Run, graded: Path, arguments: tuple[str, ...], said: str
) -> None:
    result = run("adjust", graded, *arguments)
    assert result.exit_code == 2
    assert said in result.output
    assert marks(graded)["ben"] == 60


def test_other_questions_need_a_run_and_it_is_asked_for(run: Run, course: Course, graded: Path) -> None:
    change_rubric(course, "import OneHot", "import CountsClasses, OneHot")
    added = 'Criterion("counts", 10, named("counts"), named("."), CountsClasses("class_counts", classes=10)),'
    change_rubric(course, "    ),\n)", f"        {added}\n    ),\n    total=110,\n)")
    stub = course.folder / "exercises" / "two" / "submission.py"
    stub.write_text(stub.read_text() + "\n\ndef class_counts(y):\n    raise NotImplementedError\n")
    asked = run("rescore", graded)
    assert asked.exit_code == 0, asked.output
    assert "2 have to be run again: the rubric now asks for other things." in asked.output
    assert "They keep their old verdicts" in asked.output
    assert marks(graded) == {"anna": 100, "ben": 60, "empty": None}
    done = run("rescore", graded, "--yes")
    assert done.exit_code == 0, done.output
    held = entries(graded)["anna"].verdict
    assert held is not None
    assert [c.id for c in held.criteria] == ["one_hot", "scale", "counts"]


def test_evidence_that_is_lost_is_made_again(run: Run, graded: Path) -> None:
    lost = [p for p in (graded / "evidence").rglob("*") if p.is_file()]
    for path in lost:
        path.chmod(0o600)
        path.write_bytes(b"x" + path.read_bytes()[1:])
    refused = run("rescore", graded)
    # The submissions are gone as well: only the files themselves help now.
    assert refused.exit_code == 2
    assert "Run the batch again" in refused.output
    assert marks(graded) == {"anna": 100, "ben": 60, "empty": None}


def test_what_one_student_lost_costs_no_other_the_new_mark(run: Run, course: Course, graded: Path) -> None:
    folder, store, _ = opened(graded)
    with store:
        held = {s.entry.student: s for s in store.newest_hand_ins(folder.settings.series)}
        gone = store._blobs
        kept = store.find_evidence(held["ben"].key or "")
        submission = store.read_submission(held["ben"].number)
    for data in (msgspec.msgpack.encode(kept), msgspec.msgpack.encode(submission)):
        Path(gone._path(sha256_of(data))).unlink()
    change_rubric(course, '"one_hot", 60', '"one_hot", 50')
    change_rubric(course, '"scale", 40', '"scale", 50')
    result = run("rescore", graded)
    assert result.exit_code == 2
    assert "Run the batch again" in result.output
    verdicts = {student: e.verdict for student, e in entries(graded).items()}
    now = course.rubric_hash("two")
    assert verdicts["anna"] is not None
    assert verdicts["anna"].versions.rubric == now
    assert marks(graded)["ben"] == 60  # the old one


class Failing:
    """An examiner that fails."""

    def session(self, *_: object) -> None:
        raise ZeroDivisionError("a bug")


def test_a_fault_while_judging_again_is_no_mark(course: Course, graded: Path) -> None:
    folder, store, publisher = opened(graded)
    settings = folder.settings
    secret = seal_course(course, folder).secret
    own = Judge(
        JudgeSettings(str(graded), settings.course, secret, settings.exercise, settings.language, settings.mode)
    )
    key = own.evidence_key
    own.examiner = Failing()  # type: ignore[assignment]

    class Judges:
        def judge(self, hand_ins: Sequence[RejudgeJob]) -> Iterator[RejudgeResult]:
            return map(own.judge, hand_ins)

    with store, own.store:
        judging = Rescorer(store, publisher, key, "me", lambda _: None)
        found = judging.judge(Judges())  # type: ignore[arg-type]
        assert found.judged == 0
        assert all("a bug" in fault for fault in found.faults.values())
    assert marks(graded) == {"anna": None, "ben": None, "empty": None}
    assert "a bug" in entries(graded)["anna"].problem


def test_the_same_evidence_is_judged_once_and_that_of_another_run_again(course: Course, graded: Path) -> None:
    folder, store, _publisher = opened(graded)
    settings = folder.settings
    secret = seal_course(course, folder).secret
    own = Judge(
        JudgeSettings(str(graded), settings.course, secret, settings.exercise, settings.language, settings.mode)
    )
    sessions: list[str] = []

    class Counting(Examiner):
        def session(self, question: Question, submission: Submission, language: str) -> Session:
            sessions.append(submission.sha256)
            return super().session(question, submission, language)

    own.examiner = Counting()
    with store, own.store:
        rows = {row.entry.student: row for row in store.newest_hand_ins(settings.series)}
        jobs = {
            student: RejudgeJob(row.number, row.key, msgspec.structs.replace(row.entry, verdict=None))
            for student, row in rows.items()
            if row.key is not None
        }
        twins = [
            jobs["anna"],
            jobs["ben"],
            msgspec.structs.replace(jobs["anna"], entry=rename(jobs["anna"].entry)),
        ]
        first, other, second = map(own.judge, twins)
        assert sessions == [rows["anna"].sha256, rows["ben"].sha256]
        assert first == second != other
        pages = [(graded / folder.report_address(student)).read_text() for student in ("anna", "her twin")]
        assert ["her twin" in page for page in pages] == [False, True]
        kept = store.find_evidence(jobs["anna"].key)
        assert kept is not None
        resources = msgspec.structs.replace(kept.resources, wall_seconds=kept.resources.wall_seconds + 1.0)
        store.keep_evidence(jobs["anna"].key, msgspec.structs.replace(kept, resources=resources))
        again = own.judge(jobs["anna"])
        assert len(sessions) == 3
        assert again.verdict is not None
        assert again.verdict.resources == resources


def rename(entry: GradebookEntry) -> GradebookEntry:
    """Return the entry of somebody else who handed in the same."""
    return msgspec.structs.replace(entry, student="her twin", name="her twin")


def test_a_rubric_that_cannot_be_read_is_the_graders_fault_and_changes_nothing(
    run: Run, course: Course, graded: Path
) -> None:
    course.rubric_file("two").write_text(RUBRIC.replace("classes=10", "classes="))
    result = run("rescore", graded)
    assert result.exit_code == 3
    assert "SyntaxError" in result.output
    assert marks(graded) == {"anna": 100, "ben": 60, "empty": None}


def test_doubt_asks_for_seeds_and_a_new_check_for_a_replay_without_training(
    run: Run, course: Course, tmp_path: Path, out: Path
) -> None:
    class_ = tmp_path / "networks"
    class_.mkdir()
    right = END_TO_END_COURSE / "reference" / "networks" / "submission.py"
    (class_ / "anna.py").write_text(right.read_text())
    assert run("batch", "networks", class_, "--out", out).exit_code == 0
    first = entries(out)["anna"].verdict
    assert first is not None
    assert first.seeds == (0,)
    # The threshold comes to lie near the score: several seeds decide now.
    change_rubric(course, "full=0.8", "full=0.9", "networks")
    change_rubric(course, "noise=0.0", "noise=0.2", "networks")
    change_rubric(course, "seeds=(0,)", "seeds=(0, 1)", "networks")
    asked = run("rescore", out)
    assert "in doubt now: more seeds have to be trained" in asked.output, asked.output
    done = run("rescore", out, "--yes")
    assert done.exit_code == 0, done.output
    second = entries(out)["anna"].verdict
    assert second is not None
    assert second.seeds == (0, 1)
    assert second.resources.cpu_seconds > first.resources.cpu_seconds  # the first seed was not trained again
