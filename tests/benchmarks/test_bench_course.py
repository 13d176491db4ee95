"""The benchmark compares what it says: a sound course, submissions with known marks, the same libraries."""

import re
from itertools import chain, combinations
from pathlib import Path

import pytest

from grader.core.course import Course
from grader.protocol.verdict import Status, Verdict
from grader.rubric import Rubric
from grader.rubric.loader import load_rubric
from grader.submission.reader import read
from tests.benchmarks.batch_against_others import require_marks
from tests.benchmarks.handed_in import EPOCHS, MISTAKES, POINTS, HandedIn, handed_in
from tests.benchmarks.others import CHECKS, REQUIREMENTS, points_of
from tests.helpers.paths import ROOT
from tests.helpers.shared_worker import SharedWorker, start_grader

COURSE = Course(Path(__file__).parent / "course")
LOCK = ROOT / "requirements-dev.lock"


@pytest.fixture(scope="module")
def rubric() -> Rubric:
    return load_rubric(COURSE, "digits30")


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory, shared_worker: SharedWorker) -> dict[str, Verdict]:
    """The verdicts of the stub and of the three submissions with a mistake, by mistake."""
    folder = tmp_path_factory.mktemp("submissions")
    files = {"stub": COURSE.rubric_file("digits30").with_name("submission.py")}
    for submission in handed_in():
        if submission.mistake:
            files[submission.mistake] = folder / f"{submission.student}.py"
            files[submission.mistake].write_text(submission.source)
    with start_grader(shared_worker, COURSE) as grader:
        return {name: grader.grade("digits30", read(file)).verdict for name, file in files.items()}


def by_mistake(mistake: str) -> HandedIn:
    return next(submission for submission in handed_in() if submission.mistake == mistake)


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_submission_loses_the_criterion_of_its_mistake_and_no_other(
    verdicts: dict[str, Verdict], mistake: str
) -> None:
    lost = [c.id for c in verdicts[mistake].criteria if c.points < c.max_points]
    assert lost == [mistake]
    assert verdicts[mistake].certified
    assert verdicts[mistake].points == by_mistake(mistake).points


def test_the_stub_gets_nothing(verdicts: dict[str, Verdict]) -> None:
    assert {c.status for c in verdicts["stub"].criteria} == {Status.NOT_ATTEMPTED}


def test_the_rubric_asks_for_one_training_and_nothing_else(rubric: Rubric) -> None:
    assert [step.id for step in rubric.steps(rubric.seeds).values()] == [
        "build_model@0",
        "model:build_model@0",
        "train@0",
        "trained:train@0",
    ]


def test_all_ways_have_the_same_checks_with_the_same_points(rubric: Rubric) -> None:
    assert {c.id: c.points for c in rubric.criteria} == POINTS
    assert set(CHECKS) == set(POINTS)


def test_a_mark_tells_which_criteria_were_passed() -> None:
    subsets = chain.from_iterable(combinations(POINTS.values(), size) for size in range(len(POINTS) + 1))
    sums = [sum(subset) for subset in subsets]
    assert len(set(sums)) == len(sums)


def test_there_are_twelve_different_submissions_with_one_budget_and_three_mistakes() -> None:
    submissions = handed_in()
    assert len({re.sub(r"student\d\d", "", s.source) for s in submissions}) == 12
    assert all(f"epochs={EPOCHS}," in s.source for s in submissions)
    assert sorted(s.mistake for s in submissions if s.mistake) == sorted(MISTAKES)
    assert submissions == handed_in()


def test_the_others_get_the_libraries_of_our_lock() -> None:
    locked = set(re.findall(r"^(\S+==\S+(?: ; [^\\\n]+)?)", LOCK.read_text("utf-8"), re.MULTILINE))
    wanted = [line for line in REQUIREMENTS.read_text("utf-8").splitlines() if not line.startswith("#")]
    ours = [line for line in wanted if re.match("keras|numpy|scikit-learn|tensorflow|pytest", line)]
    assert len(ours) == 7
    assert not [line for line in ours if line not in {lock.strip() for lock in locked}]


def test_ratios_are_refused_where_a_way_gives_another_mark_or_none() -> None:
    submissions = handed_in()
    right = {submission.student: submission.points for submission in submissions}
    require_marks("ours", right, submissions)
    with pytest.raises(SystemExit, match=r"other marks than expected\. student03: 45\.0 for 100"):
        require_marks("ours", right | {"student03": 45.0}, submissions)
    with pytest.raises(SystemExit, match="student03: None for 100"):
        require_marks("ours", {s: points for s, points in right.items() if s != "student03"}, submissions)
    with pytest.raises(SystemExit, match="somebody: 100 for None"):
        require_marks("ours", right | {"somebody": 100}, submissions)


@pytest.mark.parametrize(
    ("cases", "points"),
    [
        ("", 100),
        ('<testcase name="test_loss"><failure>AssertionError</failure></testcase>', 80),
        ('<testcase name="test_accuracy"><error>fixture</error></testcase>', 45),
        ('<testcase name="test_units"><skipped/></testcase>', 90),
    ],
)
def test_a_test_that_failed_in_any_way_gives_no_points(tmp_path: Path, cases: str, points: float) -> None:
    passed = "".join(f'<testcase name="test_{name}" />' for name in POINTS if f"test_{name}" not in cases)
    (tmp_path / "report.xml").write_text(f"<testsuites><testsuite>{passed}{cases}</testsuite></testsuites>")
    assert points_of(tmp_path / "report.xml") == points


def test_a_report_that_lacks_a_test_is_no_mark(tmp_path: Path) -> None:
    (tmp_path / "report.xml").write_text('<testsuites><testcase name="test_loss" /></testsuites>')
    with pytest.raises(RuntimeError, match="4 tests expected, 1 found"):
        points_of(tmp_path / "report.xml")
