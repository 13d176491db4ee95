"""The wheel and the sdist: what is in them, and that all of a student's commands work from a wheel alone."""

import json
import os
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import NamedTuple, Self

import pytest

from grader import __version__
from grader.core.exit_codes import ExitCode
from tests.helpers.commands import TERMINAL
from tests.helpers.environments import built, environment, folder_for_everyone, wheel
from tests.helpers.paths import ROOT
from tests.helpers.snoop import SNOOP

__all__ = ["wheel"]

EXERCISES = {path.parent.name for path in ROOT.glob("exercises/*/rubric.py")}
STUBS = {f"submission{language}.{kind}" for language in ("", ".de") for kind in ("py", "ipynb")}
PER_EXERCISE = {"rubric.py", "task.md", "task.de.md", *STUBS}
RIGHT = ROOT / "reference" / "linear_regression" / "submission.py"


# Runs commands that stand in lines of JSON, each after the one before: with one worker and one examiner for all.
SEVERAL = """
import json, sys
from pathlib import Path
from typer.testing import CliRunner
from grader.commands.app import app
from grader.core.course import find_course
from grader.grading import grader
from grader.sandbox import walled

class Kept(walled.WalledEnvironment):
    def __exit__(self, *_): pass

environment = Kept(hidden=[find_course(None).folder])
examiner = grader.ExaminerClient()
end, examiner.close = examiner.close, lambda: None
grader.start_environment = lambda *_: environment
grader.ExaminerClient = lambda: examiner
walled.WalledEnvironment = lambda: environment
for line in sys.stdin:
    done = CliRunner().invoke(app, json.loads(line))
    print(json.dumps([done.exit_code, done.stdout, done.stderr]), flush=True)
end()
super(Kept, environment).__exit__()
"""


class Done(NamedTuple):
    """What a command left."""

    returncode: int
    stdout: str
    stderr: str


class Installed:
    """A wheel in an environment of its own, used in a folder far from this checkout. A context manager."""

    def __init__(self, folder: Path, wheel: Path) -> None:
        self.home, self.desk = folder / "home", folder / "desk"
        self.desk.mkdir()
        self.packages = environment(self.home)
        self.python = next(self.home.glob("bin/python"))
        pip = [sys.executable, "-m", "pip", "--python", str(self.python), "--disable-pip-version-check"]
        subprocess.run([*pip, "install", "-q", "--no-deps", "--no-index", str(wheel)], check=True, timeout=60)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if "several" in vars(self):
            self.several.communicate(timeout=60)
            assert self.several.returncode == 0

    def __call__(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """Run the command that the wheel installs."""
        return subprocess.run(
            [self.home / "bin" / "grader", *map(str, arguments)],
            capture_output=True,
            text=True,
            cwd=self.desk,
            env=os.environ | TERMINAL,
            timeout=170,
            check=False,
        )

    @cached_property
    def several(self) -> subprocess.Popen[str]:
        """The process of the installed Python that runs several commands."""
        return subprocess.Popen(
            [str(self.python), "-P", "-c", SEVERAL],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=self.desk,
            env=os.environ | TERMINAL,
        )

    def in_one_process(self, *arguments: str | Path) -> Done:
        """Run a command in the process that others run in as well: a start costs more than most commands."""
        assert self.several.stdin is not None
        assert self.several.stdout is not None
        self.several.stdin.write(json.dumps([*map(str, arguments)]) + "\n")
        self.several.stdin.flush()
        return Done(*json.loads(self.several.stdout.readline()))


@pytest.fixture(scope="module")
def grader(wheel: Path) -> Iterator[Installed]:
    """Install the wheel."""
    with folder_for_everyone() as folder, Installed(folder, wheel) as installed:
        yield installed


def names(listed: str) -> set[str]:
    """Return the names that `grader list` shows: the first word of each line below the title of a part."""
    return {line.split()[0] for line in listed.splitlines() if line.startswith(" ")}


def members(wheel: Path) -> set[str]:
    """Return the files in a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


# What is in them


def test_the_wheel_holds_grader_reports_exercises_and_nothing_else(wheel: Path) -> None:
    names = members(wheel)
    assert {name.split("/")[0] for name in names} == {"grader", "reports", f"keras_grader-{__version__}.dist-info"}
    assert {name for name in names if "/_course/" in name} == {
        "grader/_course/exercises/learning_path.toml",
        "grader/_course/exercises/transfer_learning/handout/base.npz",
        *(f"grader/_course/exercises/{exercise}/{file}" for exercise in EXERCISES for file in PER_EXERCISE),
    }
    for name in (
        "grader/py.typed",
        "grader/core/locale/de/LC_MESSAGES/grader.mo",
        "grader/authoring/release/gradescope/setup.sh",
        "grader/authoring/release/gradescope/run_autograder.sh",
        "reports/py.typed",
        "reports/templates/report.html",
        "reports/templates/style.css",
    ):
        assert name in names


def test_every_file_of_the_packages_is_in_the_wheel(wheel: Path) -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "grader", "reports"], capture_output=True, text=True, cwd=ROOT, check=True
    ).stdout.splitlines()
    assert tracked
    packed = members(wheel)
    moved = {"grader/core/py.typed": "grader/py.typed"}
    assert [name for name in tracked if moved.get(name, name) not in packed] == []


def test_neither_holds_solutions_tests_or_documents(wheel: Path) -> None:
    with tarfile.open(next(wheel.parent.glob("*.tar.gz"))) as archive:
        source = {name.partition("/")[2] for name in archive.getnames()}
    assert {name.split("/")[0] for name in source} == {
        ".gitignore", "LICENSE", "PKG-INFO", "README.md", "exercises", "grader", "pyproject.toml", "reports",
    }  # fmt: skip
    solution = max(RIGHT.read_text("utf-8").splitlines(), key=len).strip().encode()
    with zipfile.ZipFile(wheel) as archive:
        assert not [name for name in archive.namelist() if solution in archive.read(name)]


def test_the_wheel_is_the_same_each_time(wheel: Path, tmp_path: Path) -> None:
    again = built(tmp_path)
    assert again.name == wheel.name
    assert again.read_bytes() == wheel.read_bytes()


def test_the_metadata_says_what_it_needs_and_names_nobody(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        text = archive.read(f"keras_grader-{__version__}.dist-info/METADATA").decode()
    header = text.split("\n\n")[0]
    needed = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    assert header.count("Requires-Dist: ") >= len(needed)
    assert "Classifier: Typing :: Typed" in header
    assert "License-Expression: MIT" in header
    assert not [line for line in header.splitlines() if line.startswith(("Author", "Maintainer"))]


# What it does


def test_it_knows_its_version_and_its_exercises_and_nothing_of_this_checkout(grader: Installed) -> None:
    assert grader("--version").stdout.strip() == __version__
    assert names(grader("list").stdout) == EXERCISES
    where = (
        "import grader, reports; from grader.core import course; "
        "print(grader.__file__, reports.__file__, course.SHIPPED_FOLDER)"
    )
    done = subprocess.run(
        [str(grader.python), "-c", where], capture_output=True, text=True, cwd=grader.desk, check=True, timeout=60
    )
    assert [Path(path).is_relative_to(grader.packages) for path in done.stdout.split()] == [True] * 3


def test_folders_of_the_student_stand_in_nobodys_way(grader: Installed) -> None:
    """A student's `exercises/` or `reports/` is no package of ours, whatever is in it."""
    for name in ("exercises", "reports", "grader"):
        (grader.desk / "mine" / name).mkdir(parents=True)
        (grader.desk / "mine" / name / "__init__.py").write_text("raise SystemExit('not yours')")
    command = [str(grader.home / "bin" / "grader"), "list"]
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=grader.desk / "mine", check=False, timeout=60
    )
    assert names(done.stdout) == EXERCISES


def test_both_kinds_of_stub_are_started_and_checked(grader: Installed) -> None:
    assert grader.in_one_process("start", "digits", "one").returncode == 0
    assert grader.in_one_process("start", "digits", "two", "--notebook", "--lang", "de").returncode == 0
    assert {path.name for path in (grader.desk / "one").iterdir()} == {"submission.py", "task.md"}
    assert {path.name for path in (grader.desk / "two").iterdir()} == {"submission.ipynb", "task.de.md"}
    done = grader.in_one_process("check", "digits", "two/submission.ipynb", "--lang", "de")
    assert done.returncode == ExitCode.NOT_ALL_PASSED, done.stderr
    assert "Es ist noch nichts geschrieben" in done.stdout


def test_a_right_solution_passes_and_gets_its_report(grader: Installed) -> None:
    done = grader("check", "linear_regression", RIGHT, "--html", "report.html")
    assert done.returncode == ExitCode.PASSED, done.stdout + done.stderr
    assert "<style" in (grader.desk / "report.html").read_text("utf-8")


def test_broken_code_is_told(grader: Installed) -> None:
    (grader.desk / "broken.py").write_text("def build_model(:\n")
    done = grader.in_one_process("check", "linear_regression", "broken.py")
    assert done.returncode == ExitCode.NOT_ALL_PASSED
    assert "broken.py" in done.stdout
    missing = grader.in_one_process("check", "linear_regression", "nowhere.py")
    assert missing.returncode == ExitCode.USAGE


def test_the_doctor_finds_everything_installed(grader: Installed) -> None:
    done = grader.in_one_process("doctor")
    assert done.returncode in (ExitCode.PASSED, ExitCode.NOT_GRADED)  # as this machine has its walls
    assert __version__ in done.stdout
    assert "missing" not in done.stdout


def test_the_bundle_and_the_autograder_are_made_without_a_checkout(grader: Installed) -> None:
    released = grader.in_one_process("release", "bundle")
    assert released.returncode == 0, released.stderr
    assert (grader.desk / "bundle" / "digits" / "task.md").is_file()
    assert "Not compared with a solution" in released.stderr
    packed = grader.in_one_process("gradescope", "digits")
    assert packed.returncode == 0, packed.stderr
    assert "without hashes" in packed.stderr
    with zipfile.ZipFile(grader.desk / "digits-autograder.zip") as archive:
        names = archive.namelist()
        pins = archive.read("requirements.txt").decode()
    assert "course/exercises/digits/rubric.py" in names
    assert not [name for name in names if "/_course/" in name]
    assert "keras==" in pins


def test_a_submission_finds_nothing_of_the_installed_grader_but_what_runs_inside(grader: Installed) -> None:
    """The wheel lies among what is readable, rubrics included: it is hidden by mounts and Landlock."""
    file = grader.desk / "snoop.py"
    file.write_text(SNOOP + "\nraise ValueError(FOUND)\n")
    done = grader.in_one_process("check", "linear_regression", file, "--json", "-", "--lang", "en")
    verdict = json.loads(done.stdout)
    assert verdict["isolation"]["mode"] == "walls"
    (text,) = {c["message"] for c in verdict["criteria"] if "ValueError" in c["message"]}
    assert "{'modules': [], 'objects': [], 'imports': [], 'files': []}" in text
