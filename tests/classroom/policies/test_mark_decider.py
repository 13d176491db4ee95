"""The policy of a class: it is read with its folder, and every mark that leaves the store has gone through it."""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from grader.classroom.adjustments import AdjustmentError, Decision, adjust
from grader.classroom.exports import Format, export
from grader.classroom.folder import Settings, prepare_folder
from grader.classroom.pages import Publisher
from grader.classroom.policies import PolicyError
from grader.classroom.rejudge import RejudgeJob, RejudgeResult
from grader.classroom.rescore import Rescorer
from grader.classroom.store import Judgement, NewHandIn, Store
from grader.core.course import Course
from grader.grading.evidence_key import EvidenceKey
from grader.protocol.gradebook import RuleKind
from grader.protocol.hand_in import HandIn
from grader.protocol.submission import Submission, Unit
from grader.protocol.verdict import Exhibits
from tests.helpers.gradebook_entries import criterion, verdict

ZONE = 'timezone = "Europe/Berlin"\n'
DAY = '[penalty]\nper = "day"\npercent = 10\n'
EXERCISES = {"first": "2026-11-06T23:59:00", "second": "2026-11-13T23:59:00", "third": "2026-11-20T23:59:00"}


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course of three exercises, due a week after one another, each worth 20 points."""
    folder = tmp_path / "course"
    for name, due in EXERCISES.items():
        (folder / "exercises" / name).mkdir(parents=True)
        (folder / "exercises" / name / "rubric.py").touch()
        (folder / "exercises" / name / "policy.toml").write_text(f"due = {due}\n")
    (folder / "policy.toml").write_text(ZONE + DAY)
    return folder


class Class:
    """A class folder with its store."""

    def __init__(self, course: Path, exercise: str, *, anonymous: bool = False, name: str = "") -> None:
        settings = Settings(
            exercise=exercise,
            series=name or exercise,
            course=str(course),
            language="en",
            mode="walls",
            anonymous=anonymous,
        )
        self.folder = prepare_folder(course.parent / "results" / (name or exercise), settings)
        self.store = Store.open(self.folder.path)

    def hand_in(self, student: str, at: str | None, points: float = 14.0, email: str = "") -> None:
        """Enter a hand-in with its verdict."""
        series = self.folder.settings.series
        submission = Submission("submission.py", f"{points:064}", "script", (Unit(f"x = {points}", ""),))
        who = HandIn(
            student=student,
            name=student.title(),
            file=f"{student}/a.py",
            email=email,
            submitted=None if at is None else datetime.fromisoformat(at).replace(tzinfo=UTC),
        )
        run = self.store.begin_run(series, "me")
        (number,) = self.store.add_hand_ins(series, [NewHandIn(hand_in=who, submission=submission)], run)
        record = verdict(criterion("all", points, max_points=20.0))
        self.store.add_verdicts([Judgement(number=number, key="k", verdict=record, by="me")])

    def publisher(self) -> Publisher:
        """Return what publishes the class by today's policy."""
        return Publisher(self.folder, self.store)

    def mark(self, student: str) -> float | None:
        """Return the mark of a student by today's policy."""
        return {row.entry.student: row.entry.mark for row in self.publisher().read_rows()}[student]


def test_a_mark_is_the_same_wherever_it_goes_and_the_verdict_stays(course: Path) -> None:
    third = Class(course, "third")
    third.hand_in("anna", "2026-11-21T12:00:00")
    before = third.store.newest_hand_ins("third")
    publisher = third.publisher()
    (entry,) = publisher.read_gradebook()
    assert entry.mark == 12
    assert entry.late
    (line,) = csv.DictReader(io.StringIO(export([entry], "third", Format.CSV, "en").data.decode("utf-8-sig")))
    assert (line["points"], line["rules"], line["adjustment"]) == ("12", "penalty -2", "")
    record = before[0].entry.verdict
    assert record is not None
    publisher.write_report(before[0].entry, record, Exhibits())
    publisher.write_dashboard()
    (report,) = (third.folder.path / "reports").glob("*.html")
    for page in (report, third.folder.path / "index.html"):
        text = page.read_text()
        assert "Handed in late by 13 h 1 min; it was due Nov 20, 2026, 22:59 UTC." in text
        assert "−2" in text
    assert third.store.newest_hand_ins("third") == before
    (course / "policy.toml").write_text(ZONE)
    assert third.mark("anna") == 14


def test_a_person_cannot_take_more_than_the_rules_have_left(course: Path) -> None:
    third = Class(course, "third")
    third.hand_in("anna", "2026-11-26T12:00:00")
    with pytest.raises(AdjustmentError, match="The sum is 2 points"):
        adjust(third.store, third.publisher(), "anna", [Decision(None, -3)], "so", "me")
    row = adjust(third.store, third.publisher(), "anna", [Decision(None, 3)], "ill", "me")
    assert row.entry.mark == 5


def test_the_best_hand_in_counts(course: Path) -> None:
    third = Class(course, "third")
    third.hand_in("anna", "2026-11-19T12:00:00", 15)
    third.hand_in("anna", "2026-11-20T12:00:00", 11)
    assert third.mark("anna") == 11
    (course / "policy.toml").write_text('attempt = "best"\n' + ZONE)
    assert third.mark("anna") == 15
    assert third.store.newest_hand_ins("third")[0].entry.mark == 11


def test_late_days_are_a_budget_over_exercises_in_the_order_of_their_due_dates(course: Path) -> None:
    budget = '[late_days]\nbudget = 4\nresults = "../results"\n'
    (course / "policy.toml").write_text(ZONE + DAY + budget)
    classes = {name: Class(course, name) for name in ("third", "first", "second")}
    classes["first"].hand_in("anna", "2026-11-08T12:00:00", email="Anna@example.org")  # two days
    classes["second"].hand_in("anna", "2026-11-14T12:00:00")  # one
    classes["third"].hand_in("anna", "2026-11-23T12:00:00")  # three, and one is left
    classes["third"].hand_in("a.other", "2026-11-22T12:00:00", email="anna@example.org")  # two, and two are left
    classes["third"].hand_in("bob", "2026-11-23T12:00:00")
    assert [classes[name].mark("anna") for name in EXERCISES] == [14, 14, 10]
    assert classes["third"].mark("a.other") == 14
    assert classes["third"].mark("bob") == 14
    (course / "policy.toml").write_text(ZONE + DAY + budget + "per_exercise = 1\n")
    assert [classes[name].mark("anna") for name in EXERCISES] == [12, 14, 10]


def test_two_folders_of_one_exercise_are_refused_before_days_count_twice(course: Path) -> None:
    (course / "policy.toml").write_text(ZONE + DAY + '[late_days]\nbudget = 4\nresults = "../results"\n')
    Class(course, "first")
    Class(course, "first", name="again")
    third = Class(course, "third")
    third.hand_in("anna", "2026-11-23T12:00:00")
    with pytest.raises(PolicyError, match="hold first, so that late days would count twice"):
        third.mark("anna")


def test_a_folder_of_results_that_is_not_there(course: Path) -> None:
    (course / "policy.toml").write_text(ZONE + '[late_days]\nbudget = 4\nresults = "../result"\n')
    third = Class(course, "third")
    third.hand_in("anna", "2026-11-23T12:00:00")
    with pytest.raises(PolicyError, match=r"late_days\.results: There is no folder"):
        third.mark("anna")


def test_with_pseudonyms_rules_name_neither_times_nor_reasons(course: Path) -> None:
    third = Class(course, "third", anonymous=True)
    third.hand_in("anna", "2026-11-23T12:00:00")
    own = course / "exercises" / "third" / "policy.toml"
    own.write_text(own.read_text() + '[[extension]]\nstudent = "anna"\ndays = 1\nreason = "Anna is ill"\n')
    (entry,) = third.publisher().read_gradebook()
    assert entry.mark == 10
    assert [(rule.rule, rule.seconds, rule.at, rule.reason) for rule in entry.rules] == [
        (RuleKind.EXTENSION, 0, None, ""),
        (RuleKind.PENALTY, 0, None, ""),
    ]


def test_an_extension_for_nobody_is_named(course: Path) -> None:
    third = Class(course, "third")
    third.hand_in("anna", "2026-11-20T12:00:00")
    own = course / "exercises" / "third" / "policy.toml"
    own.write_text(
        own.read_text() + "".join(f'[[extension]]\nstudent = "{s}"\ndays = 1\n' for s in ("anna", "ana"))
    )
    publisher = third.publisher()
    assert publisher.marks.find_unknown_students(publisher.read_rows()) == ("ana",)


class FakeJudges:
    """Gives each hand-in a point more than it had."""

    def __init__(self, points: dict[int, float]) -> None:
        self.points, self.jobs = points, list[RejudgeJob]()

    def judge(self, jobs: Sequence[RejudgeJob]) -> Iterator[RejudgeResult]:
        """Give a verdict on each job."""
        self.jobs += jobs
        for job in jobs:
            points = self.points[job.number] + 1
            yield RejudgeResult(job.number, verdict(criterion("all", points, max_points=20.0)))


@pytest.mark.parametrize(("attempt", "mark", "reports"), [("best", 16, [False, True]), ("last", 12, [True])])
def test_rescoring_judges_an_earlier_hand_in_that_may_count(
    course: Path, attempt: str, mark: float, reports: list[bool]
) -> None:
    (course / "policy.toml").write_text(f'attempt = "{attempt}"\n' + ZONE)
    third = Class(course, "third")
    third.hand_in("anna", "2026-11-19T12:00:00", 15)
    third.hand_in("anna", "2026-11-20T12:00:00", 11)
    judges = FakeJudges({a.number: a.verdict.points for a in third.store.attempts("third")["anna"] if a.verdict})
    key = EvidenceKey(Course(course), "third", "en", "walls")
    result = Rescorer(third.store, third.publisher(), key, "me", lambda _count: None).judge(judges)  # type: ignore[arg-type]
    assert result.judged == 1
    assert third.mark("anna") == mark
    assert [job.has_report for job in judges.jobs] == reports


def test_a_policy_is_no_part_of_what_an_exercise_is_judged_by(course: Path) -> None:
    before = Course(course).rubric_hash("third")
    (course / "exercises" / "third" / "policy.toml").write_text("")
    assert Course(course).rubric_hash("third") == before
