"""The benchmark compares what it says: a sound course, submissions with known marks, the same libraries."""

import re
from itertools import chain, combinations
from pathlib import Path

import pytest

from grader.course import Course
from grader.grade import Grader, Mode
from grader.rubric import Rubric
from grader.submission import read
from grader.verdict import Status, Verdict
from tests.benchmarks.handed_in import EPOCHS, MISTAKES, POINTS, HandedIn, handed_in
from tests.benchmarks.others import CHECKS, REQUIREMENTS

COURSE = Course(Path(__file__).parent / "course")
LOCK = Path(__file__).resolve().parents[2] / "requirements.lock"


@pytest.fixture(scope="module")
def rubric() -> Rubric:
    return COURSE.rubric("digits30")


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Verdict]:
    """The verdicts of the stub and of the three submissions with a mistake, by mistake."""
    folder = tmp_path_factory.mktemp("submissions")
    files = {"stub": COURSE.rubric_file("digits30").with_name("submission.py")}
    for submission in handed_in():
        if submission.mistake:
            files[submission.mistake] = folder / f"{submission.student}.py"
            files[submission.mistake].write_text(submission.source)
    with Grader(COURSE, Mode.WALLS) as grader:
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
