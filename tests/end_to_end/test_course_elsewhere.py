"""A course in any folder: no copy of the grader, no Python package, all commands."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from typer.testing import Result

from grader.authoring.scaffold import ExerciseKind, create_exercise
from grader.authoring.validation.validate import load_exercise
from grader.core.course import Course
from grader.core.exit_codes import ExitCode
from grader.core.i18n import Translator
from grader.protocol.verdict import decode
from tests.helpers.class_fixtures import marks
from tests.helpers.commands import run_here
from tests.helpers.shared_worker import share_worker

__all__ = ["share_worker"]

MYCHECKS = '''"""A check of the author's own."""

from dataclasses import dataclass

from grader.rubric.checks.base import Check, failed, passed
from grader.protocol.plan import Call
from grader.rubric import Bilingual


@dataclass(frozen=True)
class Answers(Check):
    """`function()` returns the number."""

    function: str
    number: float

    def steps(self, seeds):
        return (Call(id=f"{self.function}@once", function=self.function),)

    def judge(self, case):
        received = case.array(f"{self.function}@once", self.function)
        if float(received) == self.number:
            return passed(Bilingual(en="That is the answer.", de="Das ist die Antwort."))
        return failed(Bilingual(en="That is not the answer.", de="Das ist nicht die Antwort."))
'''
RUBRIC = """from mychecks import Answers

from grader.rubric.data import no_data
from grader.rubric import Bilingual, Criterion, Rubric, Task

T = Bilingual(en="x", de="x")
RUBRIC = Rubric(title=T, task=Task(kind="functions"), data=no_data, seeds=(0,), criteria=(
    Criterion(id="answer", points=100, title=T, lesson=T, check=Answers("answer", 42)),))
"""


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a course in it, and beside it somebody's hand-ins."""
    work = tmp_path_factory.mktemp("elsewhere")
    course = work / "my course"
    course.mkdir()
    create_exercise(Course(course), "own", ExerciseKind.FUNCTIONS)
    own = course / "exercises" / "own"
    (own / "mychecks.py").write_text(MYCHECKS)
    (own / "rubric.py").write_text(RUBRIC)
    (own / "submission.py").write_text("def answer():\n    raise NotImplementedError\n")
    reference = course / "reference" / "own"
    (reference / "submission.py").write_text("def answer():\n    return 42\n")
    for old in (*reference.glob("variants/*"), reference / "equivalent.toml", reference / "submission.ipynb"):
        old.unlink()
    (own / "submission.ipynb").unlink()
    wrong = "# loses: answer\n# why: That is the question.\n\n\ndef answer():\n    return 6 * 9\n"
    (reference / "variants" / "wrong.py").write_text(wrong)
    with zipfile.ZipFile(work / "hand-ins.zip", "w") as archive:
        archive.writestr("anna/submission.py", "def answer():\n    return 42\n")
        archive.writestr("ben/submission.py", "def answer():\n    return 41\n")
    return work


def grader(work: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the installed program: nothing of the current folder is importable (`-P`)."""
    environment = {
        "LANG": "C.UTF-8",
        "LC_ALL": "",
        "NO_COLOR": "1",
        "COLUMNS": "150",
        "XDG_CACHE_HOME": str(work / "c"),
    }
    return subprocess.run(
        [sys.executable, "-P", "-m", "grader", *arguments],
        cwd=work,
        env=os.environ | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_its_exercises_are_listed_and_started(work: Path) -> None:
    assert grader(work, "list", "--course", "my course").stdout == "own  Own\n"
    done = grader(work, "start", "own", "mine", "--course", "my course")
    assert done.returncode == 0, done.stderr
    assert (work / "mine" / "task.md").is_file()


def test_a_submission_is_judged_by_the_check_beside_the_rubric(work: Path) -> None:
    reference = "my course/reference/own/submission.py"
    done = grader(
        work, "check", "own", reference, "--course", "my course", "--plain", "--lang", "de", "--json", "-"
    )
    assert done.returncode == ExitCode.PASSED, done.stdout + done.stderr
    assert [c.message for c in decode(done.stdout).criteria] == ["Das ist die Antwort."]


def grader_here(work: Path, *arguments: str) -> Result:
    """Run a command in this process."""
    return run_here(*arguments, folder=work, COLUMNS="150", XDG_CACHE_HOME=str(work / "c"))


def test_it_is_proven_and_a_sheet_that_is_missing_is_told(work: Path) -> None:
    sheet = work / "my course" / "exercises" / "own" / "task.md"
    held = sheet.read_bytes()
    sheet.unlink()
    try:
        done = grader_here(work, "validate", "own", "--course", "my course")
        started = grader_here(work, "start", "own", "again", "--course", "my course")
    finally:
        sheet.write_bytes(held)
    assert "0 survived" in done.stdout
    assert done.exit_code == ExitCode.NOT_ALL_PASSED
    assert done.stderr == "own has no task.md: students get the task sheet in both languages.\n"
    assert started.exit_code == ExitCode.USAGE
    assert started.stderr == "This course has no task.md for own.\n"


def test_a_class_is_graded_and_judged_again_when_the_module_changes(work: Path) -> None:
    done = grader_here(work, "batch", "own", "hand-ins.zip", "--out", "results", "--course", "my course")
    assert done.exit_code == ExitCode.PASSED, done.stdout + done.stderr
    module = work / "my course" / "exercises" / "own" / "mychecks.py"
    module.write_text(MYCHECKS.replace("== self.number", "== self.number - 1"))
    try:
        done = grader_here(work, "rescore", "results")
        assert done.exit_code == ExitCode.PASSED, done.stdout + done.stderr
    finally:
        module.write_text(MYCHECKS)
    assert marks(work / "results") == {"anna": 0, "ben": 100}


def test_validate_tells_missing_sheets_and_notebooks_that_hold_something_else(tmp_path: Path) -> None:
    course = Course(tmp_path)
    create_exercise(course, "own", ExerciseKind.FUNCTIONS)
    assert not load_exercise(course, "own").complaints
    own = tmp_path / "exercises" / "own"
    (own / "task.de.md").unlink()
    (own / "submission.ipynb").write_bytes((tmp_path / "reference" / "own" / "submission.ipynb").read_bytes())
    say = Translator("en")
    assert [say(complaint) for complaint in load_exercise(course, "own").complaints] == [
        "own has no task.de.md: students get the task sheet in both languages.",
        "exercises/own/submission.ipynb does not match its .py file. Run: grader notebooks own",
    ]
