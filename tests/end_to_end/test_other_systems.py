"""What runs on macOS and Windows: no module and no function of Unix alone, and a pipe that knows few signs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from grader.core.exit_codes import ExitCode
from tests.end_to_end.conftest import COURSE, written
from tests.helpers.paths import ROOT

CODE_PAGE = {"PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"}
STAND_IN = Path(__file__).with_name("another_system.py")


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a Python that is on another system, and starts others like it."""
    path = tmp_path_factory.mktemp("bin") / "python"
    path.write_text(f'#!/bin/sh\nOTHER_PYTHON="$0" PYTHONPATH={ROOT} exec {sys.executable} {STAND_IN} "$@"\n')
    path.chmod(0o755)
    return path


def grader(python: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Run the command there, with a pipe in the code page of western Windows."""
    return subprocess.run(
        [python, "-m", "grader", *arguments],
        cwd=folder,
        env=os.environ
        | {"LANG": "", "LC_ALL": "", "NO_COLOR": "1", "PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"},
        capture_output=True,
        timeout=170,
        check=False,
    )


def test_a_check_without_walls_needs_nothing_of_unix_alone(python: Path, tmp_path: Path) -> None:
    written(tmp_path, "def one_hot(y):\n    raise ValueError('≤ 日本 → é')\n")
    done = grader(python, tmp_path, "check", "functions", "--course", str(COURSE.folder), "--html", "report.html")
    assert done.returncode == ExitCode.NOT_ALL_PASSED, done.stderr.decode()
    said = done.stdout.decode("cp1252")
    assert "50 of 100 points" in said
    assert "ValueError" in said
    assert "é" in said
    assert "\\u2264" in said
    assert "There were no walls around this run" in said
    assert "日本" in (tmp_path / "report.html").read_text("utf-8")


def test_list_start_and_refusals_print_names_that_the_pipe_does_not_know(python: Path, tmp_path: Path) -> None:
    assert grader(python, tmp_path, "list", "--lang", "de").returncode == ExitCode.PASSED
    strange = tmp_path / "日本\u202e"
    started = grader(python, tmp_path, "start", "digits", str(strange))
    assert started.returncode == ExitCode.PASSED, started.stderr.decode()
    assert (strange / "submission.py").is_file()
    again = grader(python, tmp_path, "start", "digits", str(strange))
    assert again.returncode == ExitCode.USAGE
    assert b"Traceback" not in again.stderr
    nothing = grader(python, tmp_path, "check", "digits")
    assert nothing.returncode == ExitCode.USAGE
    assert b"There is no file to check" in nothing.stderr
