"""Programs as strangers hand them in, each with the verdict that it must get: `expect.json` says which, and why.

They were written after what public code, issues and course pages show of each exercise: what is right in another
way than the reference solutions, and what beginners get wrong. All of them cost about twelve minutes of one core.
Those that `proven.json` says are proven are left out, but for two of each exercise.
"""

import sys
from collections.abc import Iterator

import msgspec
import pytest

from grader.core.course import Course
from grader.grading import grader as grading
from grader.grading.grader import Grader
from grader.grading.results import Mode
from grader.submission.reader import read
from tests.helpers.paths import ROOT
from tests.helpers.proofs import VERDICT, Proof
from tests.helpers.shared_worker import SharedWorker
from tests.strangers.comparison import HERE, Case, find_differences, find_program, read_cases

CASES = read_cases()


def proof_of(name: str) -> Proof:
    """Return the proof that a program gets the verdict that `expect.json` says."""
    case = CASES[name]
    program = find_program(name, case).relative_to(ROOT).as_posix()
    proof_itself = ("tests/strangers/test_strangers.py", "tests/strangers/comparison.py")
    inputs = (*VERDICT, f"exercises/{case.exercise}", program, *proof_itself)
    return Proof(f"strangers/{name}", inputs, extra=msgspec.json.encode(case).decode())


def choose_cases() -> dict[str, Case]:
    """Return the programs that are not proven, and of each exercise the shortest one that loses something.

    A right one of each is run elsewhere: its reference.
    """
    shortest: dict[str, str] = {}
    for name in sorted(CASES, key=lambda name: find_program(name, CASES[name]).stat().st_size):
        if CASES[name].must_lose:
            shortest.setdefault(CASES[name].exercise, name)
    sample = set(shortest.values())
    return {name: case for name, case in CASES.items() if name in sample or not proof_of(name).is_made()}


CHOSEN = choose_cases()


@pytest.fixture(scope="module")
def grader(shared_worker: SharedWorker) -> Iterator[Grader]:
    if sys.platform != "linux":
        pytest.skip("the walls are Linux's")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(grading, "start_environment", shared_worker.start)
        with Grader(Course(ROOT), Mode.WALLS) as started:
            yield started


@pytest.mark.proof
@pytest.mark.parametrize(("name", "case"), CHOSEN.items(), ids=list(CHOSEN))
def test_a_stranger_s_program_gets_the_right_verdict(grader: Grader, name: str, case: Case) -> None:
    verdict = grader.grade(case.exercise, read(find_program(name, case))).verdict
    differences = find_differences(case, verdict)
    said = "\n".join(f"{c.id} {c.status}: {c.message} {c.received or ''}" for c in verdict.criteria)
    assert not differences, f"{case.note}\n" + "\n".join(differences) + f"\n\n{said}"
    proof_of(name).note()


def test_each_program_has_a_verdict() -> None:
    programs = [path.stem for path in HERE.glob("*/*") if path.suffix in (".py", ".ipynb")]
    assert sorted(programs) == sorted(CASES)
