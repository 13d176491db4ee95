"""What a policy does to a mark: one table of cases, each with the text of its `policy.toml`."""

from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest

from grader.classroom.policies import Policy, PolicyError, decide, read_policy
from grader.classroom.policies.decide import count_late_days
from grader.classroom.store.records import Attempt, AttemptVerdict
from grader.core.i18n import Translator
from grader.protocol.gradebook import Adjustment, GradebookEntry
from grader.protocol.hand_in import HandIn
from grader.protocol.verdict import Status
from tests.helpers.gradebook_entries import criterion, entry, verdict

BERLIN = 'timezone = "Europe/Berlin"\ndue = 2026-11-20T23:59:00\n'
SPRING = 'timezone = "Europe/Berlin"\ndue = 2026-03-28T23:59:00\n'  # the clocks skip an hour in the night after
AUTUMN = 'timezone = "Europe/Berlin"\ndue = 2026-10-24T23:59:00\n'  # and show one twice in the night after this
DAY = '[penalty]\nper = "day"\npercent = 10\n'
HOUR = '[penalty]\nper = "hour"\npoints = 0.1\n'
FIRST, SECOND, LAST = (
    '{after = "0h", percent = 10}',
    '{after = "1d", percent = 25}',
    '{after = "2d 12h", percent = 100}',
)
STEPS = f"[penalty]\nsteps = [{FIRST}, {SECOND}, {LAST}]\n"
ANNA = '[[extension]]\nstudent = "anna"\n'
BOB, MAIL = ANNA.replace("anna", "bob"), ANNA.replace("anna", "Anna@Example.org")
DUE = "2026-11-20T22:59:00Z"


class Case(NamedTuple):
    """A hand-in of 14 of 20 points, and the mark that the rules make of it."""

    name: str
    policy: str
    at: str | None
    mark: float
    rules: str = ""  # their names
    judged: float = 14.0
    days_left: int = 0
    late: bool = False
    says_late: bool = False  # the platform


CASES = [
    Case("no due date", "round_to = 0.5\n", "2027-01-01T00:00:00Z", 14),
    Case("in time", BERLIN + DAY, "2026-11-19T12:00:00Z", 14),
    Case("exactly on the second", BERLIN + DAY, DUE, 14),
    Case("one second later", BERLIN + DAY, "2026-11-20T22:59:01Z", 12, "penalty", late=True),
    Case("a fraction of a second later", BERLIN + DAY, "2026-11-20T22:59:00.5Z", 12, "penalty", late=True),
    Case("a day later to the second", BERLIN + DAY, "2026-11-21T22:59:00Z", 12, "penalty", late=True),
    Case("a second into the second day", BERLIN + DAY, "2026-11-21T22:59:01Z", 10, "penalty", late=True),
    Case("no more than there is", BERLIN + DAY, "2026-12-24T12:00:00Z", 0, "penalty", late=True),
    Case("at most the cap", BERLIN + DAY + "cap = 30\n", "2026-12-24T12:00:00Z", 8, "penalty", late=True),
    Case("of the mark", BERLIN + DAY + 'of = "mark"\n', "2026-11-21T12:00:00Z", 12.6, "penalty", late=True),
    Case("points, not percent", BERLIN + HOUR, "2026-11-21T01:59:00Z", 13.7, "penalty", late=True),
    Case("a begun hour is an hour", BERLIN + HOUR, "2026-11-21T01:59:01Z", 13.6, "penalty", late=True),
    Case("first step", BERLIN + STEPS, "2026-11-20T23:00:00Z", 12, "penalty", late=True),
    Case("exactly on the second step", BERLIN + STEPS, "2026-11-21T22:59:00Z", 12, "penalty", late=True),
    Case("after the second step", BERLIN + STEPS, "2026-11-21T22:59:01Z", 9, "penalty", late=True),
    Case("after the last step", BERLIN + STEPS, "2026-11-23T11:00:00Z", 0, "penalty", late=True),
    Case("late without a penalty", BERLIN, "2026-11-22T12:00:00Z", 14, late=True),
    Case("exactly at the end of grace", 'grace = "10min"\n' + BERLIN + DAY, "2026-11-20T23:09:00Z", 14, "grace"),
    Case(
        "after grace, from the due date on",
        'grace = "10min"\n' + BERLIN + HOUR,
        "2026-11-20T23:09:01Z",
        13.9,
        "penalty",
        late=True,
    ),
    Case("a day of 23 hours", SPRING + DAY, "2026-03-29T21:59:00Z", 12, "penalty", late=True),
    Case("the day after it", SPRING + DAY, "2026-03-29T21:59:01Z", 10, "penalty", late=True),
    Case("a day of 25 hours", AUTUMN + DAY, "2026-10-25T22:59:00Z", 12, "penalty", late=True),
    Case("hours are not of the calendar", AUTUMN + HOUR, "2026-10-25T22:59:00Z", 11.5, "penalty", late=True),
    Case("a time with its own zone", f"due = 2026-11-20T23:59:00+01:00\n{DAY}", DUE, 14),
    Case("extension by days", BERLIN + DAY + ANNA + "days = 2\n", "2026-11-22T22:59:00Z", 14, "extension"),
    Case(
        "extension to a time",
        BERLIN + DAY + ANNA + "due = 2026-11-30T12:00:00\n",
        "2026-11-30T11:00:01Z",
        12,
        "extension penalty",
        late=True,
    ),
    Case("an extension that was not needed", BERLIN + DAY + ANNA + "days = 2\n", "2026-11-20T12:00:00Z", 14),
    Case("somebody else's", BERLIN + DAY + BOB + "days = 9\n", "2026-11-21T12:00:00Z", 12, "penalty", late=True),
    Case("by e-mail", BERLIN + DAY + MAIL + "days = 9\n", "2026-11-21T12:00:00Z", 14, "extension"),
    Case("a missing time", BERLIN + DAY, None, 14, "unknown_time"),
    Case("late, but nobody knows when", BERLIN + DAY, None, 14, "unknown_time", late=True, says_late=True),
    Case("the platform says late, the policy not", BERLIN + DAY, DUE, 14, says_late=True),
    Case("late days pay", BERLIN + DAY, "2026-11-22T12:00:00Z", 14, "late_days", days_left=5),
    Case("as far as they last", BERLIN + DAY, "2026-11-23T12:00:00Z", 12, "late_days penalty", 14, 2, late=True),
    Case("half up", "round_to = 0.5\n", DUE, 12.5, "rounding", judged=12.25),
    Case("half up of decimals that floats have not", "round_to = 0.01\n", DUE, 1.01, "rounding", judged=1.005),
    Case("down", "round_to = 1\n", DUE, 12, "rounding", judged=12.499999),
    Case(
        "rounded last",
        "round_to = 0.5\n" + BERLIN + DAY + 'of = "mark"\n',
        "2026-11-21T12:00:00Z",
        12.5,
        "penalty rounding",
        late=True,
    ),
    Case("3.1 less 3", BERLIN + DAY.replace("10", "15"), "2026-11-21T12:00:00Z", 0.1, "penalty", 3.1, late=True),
]  # fmt: skip


def write_policy(tmp_path: Path, text: str, own: str = "") -> Path:
    folder = tmp_path / "exercises" / "digits"
    folder.mkdir(parents=True)
    (folder / "rubric.py").touch()
    (tmp_path / "policy.toml").write_text(text, encoding="utf-8")
    if own:
        (folder / "policy.toml").write_text(own, encoding="utf-8")
    return tmp_path


def policy_of(tmp_path: Path, text: str, own: str = "") -> Policy:
    return read_policy(write_policy(tmp_path, text, own), "digits")


def handed_in(points: float, at: str | None, **changes: object) -> GradebookEntry:
    submitted = None if at is None else datetime.fromisoformat(at)
    record = verdict(criterion("all", points, max_points=20.0))
    return entry("anna", email="anna@example.org", submitted=submitted, verdict=record, **changes)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_policy_makes_the_mark(case: Case, tmp_path: Path) -> None:
    raw = handed_in(case.judged, case.at, late=case.says_late)
    extension = case.policy.replace('student = "anna"', 'student = "anna"\nexercise = "digits"')
    decided = decide(raw, policy_of(tmp_path, extension), days_left=case.days_left)
    assert decided.mark == case.mark
    assert " ".join(rule.rule for rule in decided.rules) == case.rules
    assert decided.late is case.late
    assert decided.verdict == raw.verdict
    assert decide(decided, policy_of_same(tmp_path), days_left=case.days_left) == decided  # twice is once


def policy_of_same(tmp_path: Path) -> Policy:
    return read_policy(tmp_path, "digits")


def test_an_extension_after_the_fact_changes_the_mark_and_taking_it_back_too(tmp_path: Path) -> None:
    raw = handed_in(14, "2026-11-22T12:00:00Z")
    course = write_policy(tmp_path, BERLIN + DAY)
    own = course / "exercises" / "digits" / "policy.toml"
    marks = []
    for text in ("", ANNA + "days = 3\n", ""):
        own.write_text(text)
        marks.append(decide(raw, read_policy(course, "digits")).mark)
    assert marks == [10, 14, 10]


def test_a_person_corrects_the_verdict_before_the_rules_and_the_sum_after_them(tmp_path: Path) -> None:
    at = datetime(2026, 12, 1, tzinfo=UTC)
    corrected = Adjustment(criterion="all", points=16, reason="right after all", by="me", at=at)
    added = Adjustment(criterion=None, points=0.3, reason="nice", by="me", at=at)
    policy = policy_of(tmp_path, "round_to = 0.5\n" + BERLIN + DAY + 'of = "mark"\n')
    late = handed_in(14, "2026-11-21T12:00:00Z", adjustments=(corrected, added))
    assert decide(late, policy).mark == 14.8  # 16, less 1.6 are 14.4, rounded 14.5, and 0.3


def test_what_could_not_be_read_costs_no_late_days_and_has_no_mark(tmp_path: Path) -> None:
    unread = entry("anna", submitted=datetime(2026, 11, 22, tzinfo=UTC), verdict=None, problem="It is empty.")
    decided = decide(unread, policy_of(tmp_path, BERLIN + DAY), days_left=5, usual_maximum=20.0)
    assert (decided.mark, decided.rules, count_late_days(decided)) == (None, (), 0)


def attempt(points: float, at: str, *, maximum: float = 20.0, status: Status = Status.PARTIAL) -> Attempt:
    time = datetime.fromisoformat(at)
    return Attempt(
        hand_in=HandIn(student="anna", name="Anna", file="a.py", submitted=time),
        number=1,
        entered=time,
        is_newest=False,
        verdict=AttemptVerdict(status, points, maximum, ()),
    )


@pytest.mark.parametrize(
    ("earlier", "mark"),
    [
        (attempt(15, "2026-11-19T12:00:00Z"), 15),
        (attempt(13, "2026-11-19T12:00:00Z"), 13),  # the newest has 14, and 2 of them are taken
        (attempt(11, "2026-11-19T12:00:00Z"), 12),
        (attempt(15, "2026-11-23T12:00:00Z"), 12),  # later still
        (attempt(15, "2026-11-19T12:00:00Z", maximum=30), 12),  # by another rubric
        (attempt(15, "2026-11-19T12:00:00Z", status=Status.NOT_GRADED), 12),
    ],
)
def test_the_best_attempt_is_the_best_after_deductions(tmp_path: Path, earlier: Attempt, mark: float) -> None:
    newest = handed_in(14, "2026-11-21T12:00:00Z")
    text = 'attempt = "best"\n' + BERLIN + DAY
    decided = decide(newest, policy_of(tmp_path, text), (earlier,))
    assert decided.mark == mark
    assert decided.rests_on_earlier is (mark != 12)
    assert decide(newest, policy_of_last(tmp_path), (earlier,)).mark == 12


def policy_of_last(tmp_path: Path) -> Policy:
    (tmp_path / "policy.toml").write_text(BERLIN + DAY)
    return read_policy(tmp_path, "digits")


def test_the_best_attempt_counts_where_the_newest_cannot_be_read(tmp_path: Path) -> None:
    unread = entry("anna", verdict=None, problem="It is empty.")
    policy = policy_of(tmp_path, 'attempt = "best"\ngrades = "german"\n')
    decided = decide(unread, policy, (attempt(15, "2026-11-19T12:00:00Z"),))
    assert (decided.mark, decided.grade) == (15, "2.5")


GERMAN, ECTS, BARE = 'grades = "german"\n', 'grades = "ects"\n', 'grades = "pass_fail"\n'
STEPS_OF_OWN = (("top", 92.5), ("ok", 50), ("no", 0))
OWN = "".join(f'[[grade]]\ngrade = "{name}"\npercent = {percent}\n' for name, percent in STEPS_OF_OWN)


@pytest.mark.parametrize(
    ("text", "points", "grade", "passed"),
    [
        (GERMAN, 20, "1.0", None),
        (GERMAN, 10, "4.0", None),
        (GERMAN, 9.99, "4.1", None),  # never 4.0 for who failed
        (GERMAN, 0, "6.0", None),
        (GERMAN, 15.5, "2.4", None),  # 2.35, half up
        ("pass_percent = 40\n" + GERMAN, 8, "4.0", True),
        ("pass_points = 12\n" + GERMAN, 11.9, "4.1", False),
        (ECTS, 18, "A", None),
        (ECTS, 17.99, "B", None),
        (ECTS, 10, "E", None),
        (ECTS, 9.9, "F", None),
        ("pass_percent = 50\n" + BARE, 10, "passed", True),
        (BARE, 9.5, "failed", None),
        ('grades = "points"\n', 9.5, "", None),
        (OWN, 18.5, "top", None),
        (OWN, 18.4, "ok", None),
        (OWN, 0, "no", None),
    ],
)
def test_grade_keys(tmp_path: Path, text: str, points: float, grade: str, passed: bool | None) -> None:
    decided = decide(handed_in(points, DUE), policy_of(tmp_path, text))
    assert (decided.grade, decided.is_passed) == (grade, passed)


def test_nobody_can_reach_more_than_there_is(tmp_path: Path) -> None:
    with pytest.raises(PolicyError) as caught:
        decide(handed_in(14, DUE), policy_of(tmp_path, "pass_points = 25\n"))
    assert Translator("en")(caught.value.text) == (
        "policy.toml, pass_points: Nobody can pass: 25 points are needed, but the exercise is worth 20."
    )


def test_what_the_exercise_says_counts_field_by_field(tmp_path: Path) -> None:
    shared = 'grace = "1h"\nround_to = 0.5\n' + BERLIN + DAY + "cap = 50\n"
    policy = policy_of(tmp_path, shared, "due = 2026-12-01T12:00:00\n" + HOUR)
    assert policy.due is not None
    assert policy.due.utc == datetime(2026, 12, 1, 11, tzinfo=UTC)
    assert policy.penalty is not None
    assert (policy.penalty.per, policy.penalty.cap) == ("hour", None)  # a penalty is taken as a whole
    assert policy.grace
    assert policy.round_to is not None
