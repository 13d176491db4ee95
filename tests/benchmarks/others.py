"""nbgrader and pytest, set up as a teacher would, in an environment of their own, with the four checks.

Both train each network once and run the same statements; only the form differs: cells of a notebook, or tests.
"""

import csv
import hashlib
import io
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from xml.etree import ElementTree

import nbformat
import numpy as np

from grader.grading.run_cache import cache_folder
from grader.rubric.data import digits
from tests.benchmarks.handed_in import POINTS, HandedIn

REQUIREMENTS = Path(__file__).parent / "others.txt"
ASSIGNMENT = "digits30"
ROWS = "digits.npz"

STUB = """\
import keras


def build_model():
    raise NotImplementedError


def train(model, x_train, y_train, x_val, y_val):
    raise NotImplementedError
"""
TRAIN = f"""\
import keras
import numpy as np

rows = np.load("{ROWS}")
keras.utils.set_random_seed(0)
model = build_model()
train(model, rows["x_train"], rows["y_train"], rows["x_val"], rows["y_val"])
outputs = model.predict(rows["x_test"], verbose=0)
"""
CHECKS = {
    "units": "assert model.output_shape == (None, 10)",
    "softmax": 'assert keras.activations.serialize(model.layers[-1].activation) == "softmax"',
    "loss": 'assert model.loss == "sparse_categorical_crossentropy"',
    "accuracy": 'assert np.mean(np.argmax(outputs, axis=1) == rows["y_test"]) >= 0.93',
}
TEST_FILE = """\
import keras
import numpy as np
import pytest

from submission import build_model, train


@pytest.fixture(scope="module")
def trained():
{train}
    return model, rows, outputs
"""
TEST = """

def test_{name}(trained):
    model, rows, outputs = trained
    {check}
"""


class Environment:
    """The separate virtual environment: made once for each list of versions, then found again."""

    def __init__(self) -> None:
        wanted = REQUIREMENTS.read_bytes() + sys.version.encode()
        self.folder = cache_folder().parent / "benchmark" / hashlib.sha256(wanted).hexdigest()[:16]

    def make(self) -> None:
        """Install nbgrader and pytest where they are not there yet."""
        ready = self.folder / "ready"
        if ready.exists():
            return
        print(f"Installing nbgrader, pytest and TensorFlow into {self.folder} (once) ...", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(self.folder)], check=True)
        pip = [str(self.folder / "bin" / "python"), "-m", "pip", "install", "--quiet"]
        subprocess.run([*pip, "--requirement", str(REQUIREMENTS)], check=True)
        ready.touch()

    def run(self, arguments: Sequence[str], folder: Path, threads: Mapping[str, str]) -> tuple[int, str]:
        """Run a module of the environment in a folder. Returns its exit code, and what it said."""
        home = folder / ".home"
        home.mkdir(exist_ok=True)
        environment = {
            "PATH": f"{self.folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(home),  # no settings of the user's
            "LANG": "C.UTF-8",
            "CUDA_VISIBLE_DEVICES": "-1",
            "KERAS_BACKEND": "tensorflow",
            "TF_CPP_MIN_LOG_LEVEL": "3",
            **threads,
        }
        command = [str(self.folder / "bin" / "python"), "-m", *arguments]
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr


def write_rows(folder: Path) -> None:
    """Write the rows that our grader trains and scores with, for those who have no such library."""
    data = digits()
    names = ("x_train", "y_train", "x_val", "y_val", "x_test", "y_test")
    np.savez(
        folder / ROWS,
        allow_pickle=False,
        **{name: (dict(data.inside) | dict(data.outside))[name] for name in names},
    )


class Nbgrader:
    """A course of nbgrader's: source, release, and the submissions as notebooks."""

    def __init__(self, environment: Environment, folder: Path, threads: Mapping[str, str]) -> None:
        self.environment, self.folder, self.threads = environment, folder, threads

    def prepare(self, submissions: Sequence[HandedIn]) -> None:
        """Make the course, and hand the submissions in. Not timed."""
        source = self.folder / "source" / ASSIGNMENT
        source.mkdir(parents=True)
        # A teacher's settings, with time enough for a cell on a machine that is busy.
        settings = 'c = get_config()\nc.CourseDirectory.course_id = "benchmark"\nc.Execute.timeout = 300\n'
        (self.folder / "nbgrader_config.py").write_text(settings)
        nbformat.write(_notebook(), source / f"{ASSIGNMENT}.ipynb")
        write_rows(source)
        self._nbgrader("generate_assignment", ASSIGNMENT)
        released = self.folder / "release" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
        for submission in submissions:
            answer = nbformat.read(released, as_version=4)
            answer.cells[0].source = submission.source
            target = self.folder / "submitted" / submission.student / ASSIGNMENT
            target.mkdir(parents=True)
            nbformat.write(answer, target / released.name)

    def grade(self) -> None:
        """Grade all submissions."""
        self._nbgrader("autograde", ASSIGNMENT)

    def feedback(self) -> None:
        """Write the reports: a page for each submission."""
        self._nbgrader("generate_feedback", ASSIGNMENT)

    def require_reports(self, count: int) -> None:
        """Raise `RuntimeError` unless there are so many pages."""
        if (pages := len(list((self.folder / "feedback").glob("*/*/*.html")))) != count:
            raise RuntimeError(f"{count} pages of feedback expected; {pages} found in {self.folder}")

    def marks(self) -> dict[str, float]:
        """Return the points of each student. Not timed."""
        self._nbgrader("export")
        rows = csv.DictReader(io.StringIO((self.folder / "grades.csv").read_text()))
        return {row["student_id"]: float(row["score"]) for row in rows}

    def _nbgrader(self, *arguments: str) -> None:
        code, said = self.environment.run(("nbgrader", *arguments), self.folder, self.threads)
        if code:
            raise RuntimeError(f"nbgrader {' '.join(arguments)} ended with {code}:\n{said[-3000:]}")


class Pytest:
    """A folder for each submission, with the tests in it; each is graded by a fresh process."""

    def __init__(self, environment: Environment, folder: Path, threads: Mapping[str, str], at_once: int) -> None:
        self.environment, self.folder, self.threads, self.at_once = environment, folder, threads, at_once

    def prepare(self, submissions: Sequence[HandedIn]) -> None:
        """Write the folders. Not timed."""
        for submission in submissions:
            folder = self.folder / submission.student
            folder.mkdir(parents=True)
            (folder / "submission.py").write_text(submission.source)
            (folder / "test_submission.py").write_text(_test_file())
            write_rows(folder)

    def grade(self) -> None:
        """Grade all submissions; the report is pytest's own JUnit file."""
        with ThreadPoolExecutor(self.at_once) as pool:
            list(pool.map(self._one, sorted(path for path in self.folder.iterdir())))

    def marks(self) -> dict[str, float]:
        """Return the points of each student. Not timed."""
        return {path.parent.name: points_of(path) for path in self.folder.glob("*/report.xml")}

    def _one(self, folder: Path) -> None:
        command = ("pytest", "--quiet", "--junitxml=report.xml", "test_submission.py")
        code, said = self.environment.run(command, folder, self.threads)
        if code not in {0, 1}:  # all passed, or some failed
            raise RuntimeError(f"pytest in {folder.name} ended with {code}:\n{said[-3000:]}")


def _notebook() -> nbformat.NotebookNode:
    cells = [_cell("answer", STUB, solution=True), _cell("train", TRAIN)]
    cells += [_cell(name, check, points=POINTS[name]) for name, check in CHECKS.items()]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return nbformat.v4.new_notebook(cells=cells, metadata=kernel)


def _cell(name: str, source: str, *, solution: bool = False, points: int = 0) -> nbformat.NotebookNode:
    about = {"grade_id": name, "schema_version": 3, "task": False, "solution": solution, "locked": not solution}
    about |= {"grade": True, "points": points} if points else {"grade": False}
    return nbformat.v4.new_code_cell(source, metadata={"nbgrader": about})


def _test_file() -> str:
    lines = [line for line in TRAIN.splitlines() if not line.startswith("import")]
    body = "\n".join(f"    {line}" for line in lines if line)
    tests = "".join(TEST.format(name=name, check=check) for name, check in CHECKS.items())
    return TEST_FILE.format(train=body) + tests


def points_of(report: Path) -> float:
    """Return the points that a JUnit file says. Raises `RuntimeError` where a test is missing."""
    cases = list(ElementTree.parse(report).getroot().iter("testcase"))
    if len(cases) != len(CHECKS):
        raise RuntimeError(f"{report}: {len(CHECKS)} tests expected, {len(cases)} found")
    passed = [case.get("name", "") for case in cases if not len(case)]
    return float(sum(POINTS[name.removeprefix("test_")] for name in passed))
