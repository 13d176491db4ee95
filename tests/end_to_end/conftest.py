"""Real submissions, real walls: one grader for all tests, on a course with little time and little memory."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import nbformat
import pytest

from grader.core.course import Course
from grader.grading.grader import Grader
from grader.grading.results import Mode
from grader.protocol.verdict import CriterionVerdict, Resources, Verdict
from grader.submission.reader import read
from tests.helpers.paths import ROOT
from tests.helpers.shared_worker import SharedWorker, start_grader

HERE = Path(__file__).parent
COURSE = Course(HERE / "course")

Grade = Callable[..., Verdict]


@pytest.fixture(scope="module")
def grader(shared_worker: SharedWorker) -> Iterator[Grader]:
    """Start the examiner once, for the worker that tests share."""
    if sys.platform != "linux":
        pytest.skip("the walls are Linux's")
    with start_grader(shared_worker, COURSE) as started:
        yield started


@pytest.fixture(scope="module")
def shipped_grader(shared_worker: SharedWorker) -> Iterator[Grader]:
    """Start a grader on the course that is shipped, for the worker that tests share."""
    if sys.platform != "linux":
        pytest.skip("the walls are Linux's")
    with start_grader(shared_worker, Course(ROOT)) as started:
        yield started


@pytest.fixture(scope="session")
def plain_grader() -> Iterator[Grader]:
    """Start a grader without walls."""
    with Grader(COURSE, Mode.PLAIN) as started:
        yield started


def written(folder: Path, added: str, exercise: str = "functions", before: str = "") -> Path:
    """Write a right solution, with code before it and code after it that changes it."""
    path = folder / "submission.py"
    right = (COURSE.folder / "reference" / exercise / "submission.py").read_text()
    path.write_text(before + right + "\n\n" + added)
    return path


def notebook(folder: Path, *cells: str) -> Path:
    """Write a notebook of code cells."""
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    path = folder / "submission.ipynb"
    nbformat.write(made, path)
    return path


@pytest.fixture
def grade(grader: Grader, tmp_path: Path) -> Grade:
    """Grade a right solution with `added` at its end and `before` at its start."""

    def grading(added: str, exercise: str = "functions", before: str = "") -> Verdict:
        return grader.grade(exercise, read(written(tmp_path, added, exercise, before))).verdict

    return grading


@pytest.fixture
def grade_cells(grader: Grader, tmp_path: Path) -> Grade:
    """Grade a notebook of the given code cells."""

    def grading(*cells: str, exercise: str = "functions") -> Verdict:
        return grader.grade(exercise, read(notebook(tmp_path, *cells))).verdict

    return grading


def criterion(verdict: Verdict, name: str) -> CriterionVerdict:
    """Return one criterion."""
    return next(c for c in verdict.criteria if c.id == name)


def statuses(verdict: Verdict) -> dict[str, str]:
    """Return the status of each criterion."""
    return {c.id: str(c.status) for c in verdict.criteria}


def all_but(verdict: Verdict, *names: str) -> set[str]:
    """Return the statuses of the criteria that are not named."""
    return {str(c.status) for c in verdict.criteria if c.id not in names}


def without_resources(verdict: Verdict) -> bytes:
    """Return the verdict as JSON but for time and memory, which differ from run to run."""
    nothing = Resources(wall_seconds=0, cpu_seconds=0, peak_mib=0)
    return msgspec.json.encode(msgspec.structs.replace(verdict, resources=nothing))
