"""The command line as a shell sees it: what is printed where, and which code comes back."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from grader import __version__
from grader.commands.output import exit_code
from grader.core.course import Course
from grader.core.errors import InternalError
from grader.core.exit_codes import ExitCode
from grader.core.i18n import default_language
from grader.grading.grader import Grader
from grader.grading.results import Mode
from grader.protocol.verdict import Status, decode
from tests.helpers.commands import TERMINAL, run_here
from tests.helpers.paths import ROOT
from tests.helpers.shared_worker import SharedWorker
from tests.reports import samples

COURSE = ROOT / "tests" / "end_to_end" / "course"
RIGHT = COURSE / "reference" / "functions" / "submission.py"


def grader(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a process of its own in an English terminal, or as `environment` says."""
    return subprocess.run(
        [sys.executable, "-m", "grader", *map(str, arguments)],
        capture_output=True,
        text=True,
        env=os.environ | TERMINAL | environment,
        timeout=170,
        check=False,
    )


def test_a_right_submission_passes_with_code_0_and_writes_report_and_verdict(tmp_path: Path) -> None:
    page, record = tmp_path / "report.html", tmp_path / "verdict.json"
    done = grader("check", "functions", RIGHT, "--course", COURSE, "--html", page, "--json", record)
    assert done.returncode == ExitCode.PASSED, done.stderr
    assert "100 of 100 points" in done.stdout
    assert "\x1b[" not in done.stdout
    assert decode(record.read_text()).status is Status.PASSED
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_a_wrong_submission_gives_code_1_and_nothing_but_json_on_standard_output(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.py"
    wrong.write_text(RIGHT.read_text() + "\n\ndef one_hot(y):\n    print('noise')\n    return None\n")
    done = run_here("check", "functions", wrong, "--course", COURSE, "--json", "-", "--lang", "de")
    assert done.exit_code == ExitCode.NOT_ALL_PASSED, done.stderr
    verdict = json.loads(done.stdout)
    assert [c["status"] for c in verdict["criteria"]] == ["failed", "passed", "passed"]
    assert verdict["language"] == "de"
    assert verdict["criteria"][0]["received"] == "None"


def test_plain_mode_grades_the_same_and_says_that_no_walls_stood() -> None:
    done = run_here("check", "functions", RIGHT, "--course", COURSE, "--plain", "--json", "-")
    assert done.exit_code == ExitCode.PASSED, done.stderr
    assert decode(done.stdout).isolation.mode == "plain"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["check", "functions", "nowhere.py"], "nowhere.py"),
        (["check", "chess", str(RIGHT)], "There is no exercise 'chess'. This course has: functions"),
        (
            ["check", "functions", str(RIGHT), "--html", "/nowhere/at/all.html"],
            "/nowhere/at/all.html cannot be written",
        ),
        (["validate", "chess"], "There is no exercise 'chess'"),
        (["start", "chess"], "There is no exercise 'chess'"),
    ],
)
def test_what_cannot_be_read_or_written_is_refused_with_code_2_and_one_sentence(
    arguments: list[str], said: str
) -> None:
    done = run_here(*arguments, "--course", COURSE, "--lang", "en")
    assert done.exit_code == ExitCode.USAGE
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) <= 2


def test_a_grader_that_fails_is_code_3_and_no_mark(tmp_path: Path) -> None:
    broken = tmp_path / "exercises" / "broken"
    broken.mkdir(parents=True)
    (broken / "rubric.py").write_text("raise RuntimeError('a rubric with a bug')")
    done = run_here("check", "broken", RIGHT, "--course", tmp_path, "--lang", "en")
    assert done.exit_code == ExitCode.NOT_GRADED
    assert "a rubric with a bug" in done.stderr
    assert "points" not in done.stdout


def test_list_names_the_exercises_of_a_course_and_of_the_one_that_is_shipped(tmp_path: Path) -> None:
    assert run_here("list", "--course", COURSE).stdout.split() == ["functions", "networks"]
    assert "digits" in run_here("list", folder=tmp_path).stdout.split()


def test_start_copies_stub_and_task_sheet_once_and_never_over_a_file(tmp_path: Path) -> None:
    first = run_here("start", "digits", tmp_path)
    assert first.exit_code == 0, first.stderr
    assert {p.name for p in tmp_path.iterdir()} == {"submission.py", "task.md"}
    (tmp_path / "submission.py").write_text("mine")
    again = run_here("start", "digits", tmp_path)
    assert again.exit_code == ExitCode.USAGE
    assert "is already there" in again.stderr
    assert (tmp_path / "submission.py").read_text() == "mine"
    notebook = run_here("start", "digits", tmp_path / "notebook", "--notebook", "--lang", "de")
    assert notebook.exit_code == 0
    assert {p.name for p in (tmp_path / "notebook").iterdir()} == {"submission.ipynb", "task.de.md"}


def test_help_and_messages_follow_the_language_of_the_terminal() -> None:
    german = grader("--help", LANG="de_DE.UTF-8")
    assert "Übung" in german.stdout
    assert "Exercise" not in german.stdout
    refused = grader("check", "chess", str(RIGHT), LANG="de_DE.UTF-8")
    assert "gibt" in refused.stderr


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "de_DE.UTF-8"}, "de"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "de_AT"}, "de"),
        ({"LANG": "fr_FR.UTF-8"}, "en"),
        ({"LANG": "C"}, "en"),
        ({}, "en"),
    ],
)
def test_the_default_language_is_the_terminals_if_the_grader_speaks_it(
    environment: dict[str, str], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LANG", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert default_language() == language


def test_version_is_printed() -> None:
    assert run_here("--version").stdout.strip() == __version__


# What a command needs is imported when it runs: whoever asks for help, or completes a name, waits for none of it.
LAZY = (
    *("tensorflow", "keras", "numpy", "sklearn", "pandas", "matplotlib", "IPython", "jinja2", "rich.console"),
    *("sqlalchemy", "alembic", "fsspec", "openpyxl", "yaml", "jupytext", "nbformat", "distributed"),
    *("importlib.metadata", "asyncio", "grader.grading.grader", "grader.sandbox.run", "grader.examiner.client"),
    *("grader.submission.reader", "grader.classroom.folder", "grader.ci.pipeline", "grader.rubric", "reports"),
    *("grader.authoring.validation.validate", "grader.classroom.exports.roster", "grader.commands.progress"),
)


def test_the_command_line_starts_without_what_only_its_commands_need() -> None:
    program = f"import sys, grader.commands.app; print(*(name for name in {LAZY} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_list_imports_nothing_that_grades() -> None:
    loaded = "print(*(name for name in LAZY if name in sys.modules), file=sys.stderr)"
    program = f"""
import sys
from grader.commands.app import app
LAZY = {tuple(name for name in LAZY if name not in ("rich.console", "importlib.metadata", "asyncio"))}
app(["list"], standalone_mode=False)
{loaded}
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "digits" in done.stdout
    assert done.stderr.split() == []


def test_doctor_shows_versions_and_that_every_wall_was_tried(
    shared_worker: SharedWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its own start of a worker is looked at where the wheel is installed."""
    shared = shared_worker.start(Mode.WALLS, Course(COURSE))
    monkeypatch.setattr("grader.sandbox.walled.WalledEnvironment", lambda: shared)
    done = run_here("doctor")
    assert "TensorFlow" in done.stdout
    for wall in ("seccomp", "landlock", "mount_namespace", "network_namespace"):
        assert wall in done.stdout
    assert done.exit_code == (ExitCode.NOT_GRADED if "NO" in done.stdout.split() else ExitCode.PASSED)


@pytest.mark.parametrize("status", list(Status))
def test_every_status_has_its_exit_code(status: Status) -> None:
    expected = {Status.PASSED: ExitCode.PASSED, Status.NOT_GRADED: ExitCode.NOT_GRADED}
    verdict, _ = samples.good("en")
    import msgspec

    changed = msgspec.structs.replace(verdict, status=status)
    assert exit_code(changed) is expected.get(status, ExitCode.NOT_ALL_PASSED)


def test_a_folder_without_the_rubric_is_a_fault_of_the_course_and_not_a_mark(tmp_path: Path) -> None:
    from grader.submission.reader import read

    with (
        Grader(Course(tmp_path), Mode.PLAIN) as started,
        pytest.raises(InternalError, match="UnknownExerciseError"),
    ):
        started.grade("digits", read(RIGHT))
