"""Programs as strangers hand them in, each with the verdict that it must get: `expect.json` says which, and why.

They were written after what public code, issues and course pages show of each exercise: what is right in another
way than the reference solutions, and what beginners get wrong. All of them cost about four minutes of one core.
"""

import sys
from collections.abc import Iterator

import pytest

from grader.core.course import Course
from grader.grading import grader as grading
from grader.grading.grader import Grader
from grader.grading.results import Mode
from grader.submission.reader import read
from tests.helpers.paths import ROOT
from tests.helpers.shared_worker import SharedWorker
from tests.strangers.comparison import HERE, Case, find_differences, find_program, read_cases

CASES = read_cases()


@pytest.fixture(scope="module")
def grader(shared_worker: SharedWorker) -> Iterator[Grader]:
    if sys.platform != "linux":
        pytest.skip("the walls are Linux's")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(grading, "start_environment", shared_worker.start)
        with Grader(Course(ROOT), Mode.WALLS) as started:
            yield started


@pytest.mark.parametrize(("name", "case"), CASES.items(), ids=list(CASES))
def test_a_stranger_s_program_gets_the_right_verdict(grader: Grader, name: str, case: Case) -> None:
    verdict = grader.grade(case.exercise, read(find_program(name, case))).verdict
    differences = find_differences(case, verdict)
    said = "\n".join(f"{c.id} {c.status}: {c.message} {c.received or ''}" for c in verdict.criteria)
    assert not differences, f"{case.note}\n" + "\n".join(differences) + f"\n\n{said}"


def test_each_program_has_a_verdict() -> None:
    programs = [path.stem for path in HERE.glob("*/*") if path.suffix in (".py", ".ipynb")]
    assert sorted(programs) == sorted(CASES)
