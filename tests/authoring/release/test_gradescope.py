"""Gradescope's autograder: the zip, what it writes for each hand-in, and what a hand-in cannot do to it."""

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

import msgspec
import pytest
from typer.testing import Result

from grader.authoring.release.choose_file import NothingToGradeError, find_submission_file
from grader.authoring.release.gradescope.bundle import required_resources
from grader.authoring.release.gradescope.harness import main
from grader.authoring.release.hosted_grading import find_missing_walls
from grader.authoring.release.pinned_versions import make_grader_requirements
from grader.classroom.intake.records import UnusableHandInsError
from grader.core.course import Course
from grader.core.exit_codes import ExitCode
from grader.core.i18n import Translator, _
from grader.protocol.plan import Limits
from grader.protocol.verdict import Isolation, WallState
from grader.sandbox.walls.enter import AS_NOBODY, WALLS
from tests.helpers.commands import TERMINAL, run_here
from tests.helpers.environments import environment, folder_for_everyone
from tests.helpers.paths import ROOT
from tests.helpers.shared_worker import share_worker

__all__ = ["share_worker"]

COURSE = ROOT / "tests" / "end_to_end" / "course"
SMALL = Course(COURSE)
RIGHT = (COURSE / "reference" / "functions" / "submission.py").read_text()

Visible = Literal["hidden", "after_due_date", "after_published", "visible"]
Format = Literal["text", "html", "simple_format", "md", "ansi"]


class Strict(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """Nothing but what https://gradescope-autograders.readthedocs.io/en/latest/specs/ names."""


class Test(Strict):
    """A test case."""

    score: float | msgspec.UnsetType = msgspec.UNSET
    max_score: float | msgspec.UnsetType = msgspec.UNSET
    status: Literal["passed", "failed"] | msgspec.UnsetType = msgspec.UNSET
    name: str = ""
    name_format: Format = "text"
    number: str = ""
    output: str = ""
    output_format: Format = "text"
    tags: list[str] = []
    visibility: Visible = "visible"
    extra_data: dict[str, Any] = {}


class Leader(Strict):
    """A place on the leaderboard."""

    name: str
    value: float | str
    order: Literal["asc", "desc"] = "desc"


class Results(Strict):
    """The whole file. We always say what the text is written in: what Gradescope takes for granted may change."""

    output_format: Format
    test_output_format: Format
    test_name_format: Format
    visibility: Visible
    stdout_visibility: Visible
    score: Annotated[float, msgspec.Meta(ge=0)]
    execution_time: float | msgspec.UnsetType = msgspec.UNSET
    output: str = ""
    extra_data: dict[str, Any] = {}
    tests: list[Test] = []
    leaderboard: list[Leader] = []


class Place:
    """A folder as Gradescope makes it, with the zip unpacked, and an environment as setup.sh makes it."""

    def __init__(self, folder: Path, home: Path) -> None:
        self.folder, self.home = folder, home
        self.stdout = ""

    def hand_in(self, **files: str | bytes) -> None:
        """Put files into the hand-in; `__` stands for a dot, `_in_` for a slash."""
        for name, content in files.items():
            path = self.folder / "submission" / name.replace("_in_", "/").replace("__", ".")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)

    def run(self, *around: str) -> int:
        """Run `run_autograder` as Gradescope does; return its code."""
        done = self._run_script(self.home, *around)
        self.stdout = done.stdout
        assert not done.stderr or around
        return done.returncode

    def run_here(self) -> int:
        """Run `run_autograder` with a Python that does nothing, then do in this process what Python would do.

        It uses the worker that tests share.
        """
        idle = self.folder.parent / "idle"
        (idle / "bin").mkdir(parents=True, exist_ok=True)
        (idle / "bin" / "python").symlink_to("/bin/true")
        assert self._run_script(idle).returncode == 0
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            code = main(self.folder)
        self.stdout = printed.getvalue()
        return code

    def _run_script(self, home: Path, *around: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*around, self.folder / "source" / "run_autograder"],
            capture_output=True,
            text=True,
            cwd=ROOT if around else self.folder,
            env=os.environ | {"AUTOGRADER": str(self.folder), "GRADER_HOME": str(home), "LANG": "C.UTF-8"},
            timeout=150,
            check=False,
        )

    @property
    def file(self) -> Path:
        """Return where the results are to be."""
        return self.folder / "results" / "results.json"

    def results(self, *around: str) -> Results:
        """Run it and return what it wrote."""
        assert self.run(*around) == 0, self.stdout
        return self.read_results()

    def results_here(self) -> Results:
        """Run it in this process and return what it wrote."""
        assert self.run_here() == 0, self.stdout
        return self.read_results()

    def read_results(self) -> Results:
        """Return what was written."""
        return msgspec.json.decode(self.file.read_bytes(), type=Results, strict=True)


def make_zip(target: Path, *options: str) -> Result:
    """Make the zip for the small course."""
    return run_here("gradescope", "functions", "--course", COURSE, "--out", target, *options)


class Packed(NamedTuple):
    """A zip, and what was printed when it was made."""

    file: Path
    stdout: str


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Packed:
    """Return the zip for the small course, made by the program."""
    target = tmp_path_factory.mktemp("zip") / "functions.zip"
    command = ["gradescope", "functions", "--course", str(COURSE), "--out", str(target)]
    program = [sys.executable, "-m", "grader", *command]
    done = subprocess.run(
        program, env=os.environ | TERMINAL, stdout=subprocess.PIPE, text=True, timeout=60, check=True
    )
    return Packed(target, done.stdout)


@pytest.fixture(scope="module")
def zipped(packed: Packed) -> Path:
    """Return where the zip is."""
    return packed.file


@pytest.fixture(scope="module")
def home(zipped: Path) -> Iterator[Path]:
    """Return an environment that holds what setup.sh puts into it."""
    with folder_for_everyone() as folder:
        packages = environment(folder / "home")
        with zipfile.ZipFile(zipped) as archive:
            archive.extractall(folder / "unpacked")
        shutil.copytree(folder / "unpacked" / "program", packages, dirs_exist_ok=True)
        yield folder / "home"


@pytest.fixture
def place(zipped: Path, home: Path) -> Iterator[Place]:
    """Return a place for one hand-in."""
    with folder_for_everyone() as folder:
        place = Place(folder / "autograder", home)
        for name in ("submission", "results"):
            (place.folder / name).mkdir(parents=True)
        with zipfile.ZipFile(zipped) as archive:
            archive.extractall(place.folder / "source")
            for entry in archive.infolist():
                (place.folder / "source" / entry.filename).chmod(entry.external_attr >> 16 & 0o777)
        yield place


# The zip


def test_the_zip_holds_scripts_that_run_the_grader_and_one_exercise_without_its_solution(zipped: Path) -> None:
    with zipfile.ZipFile(zipped) as archive:
        names = archive.namelist()
        modes = {entry.filename: entry.external_attr >> 16 & 0o777 for entry in archive.infolist()}
    assert {name.split("/")[0] for name in names} == {
        "setup.sh", "run_autograder", "settings.json", "requirements.txt", "program", "course",
    }  # fmt: skip
    assert modes["setup.sh"] == modes["run_autograder"] == 0o755
    assert set(modes.values()) == {0o755, 0o644}
    assert {name for name in names if name.startswith("course/")} == {
        "course/exercises/functions/rubric.py",
        "course/private/secret",
    }
    assert {"program/grader/commands/app.py", "program/reports/submission/html.py"} <= set(names)
    assert "program/grader/core/locale/de/LC_MESSAGES/grader.mo" in names
    assert not [name for name in names if "__pycache__" in name or "/_course/" in name]
    assert not [name for name in names if "reference" in name and "/exercise_templates/" not in name]


def test_the_zip_is_the_same_each_time_and_never_written_over(zipped: Path, tmp_path: Path) -> None:
    target = tmp_path / "again.zip"
    assert make_zip(target).exit_code == 0
    assert target.read_bytes() == zipped.read_bytes()
    again = make_zip(target, "--visibility", "hidden")
    assert again.exit_code == ExitCode.USAGE
    assert "is already there" in again.stderr
    assert target.read_bytes() == zipped.read_bytes()


def test_the_command_says_what_to_set_on_gradescope(packed: Packed) -> None:
    assert "at least 2 GB of memory, a timeout of 4 minutes, an autograder of 100 points" in packed.stdout


@pytest.mark.parametrize(("memory", "gigabytes"), [(400, 2), (448, 2), (449, 3), (2048, 4)])
def test_the_memory_is_that_of_the_grader_and_of_the_rubric(memory: int, gigabytes: int) -> None:
    class Asked:
        limits = Limits(memory_mib=memory, wall_seconds=60)

    assert required_resources(Asked()) == (gigabytes, 4)  # type: ignore[arg-type]


def test_an_exercise_that_is_not_there_is_refused(tmp_path: Path) -> None:
    done = run_here("gradescope", "chess", "--course", COURSE, folder=tmp_path)
    assert done.exit_code == ExitCode.USAGE
    assert list(tmp_path.iterdir()) == []


def test_a_rubric_that_cannot_be_read_is_not_packed(tmp_path: Path) -> None:
    folder = tmp_path / "course" / "exercises" / "broken"
    folder.mkdir(parents=True)
    (folder / "rubric.py").write_text("raise RuntimeError('a bug')")
    done = run_here("gradescope", "broken", "--course", folder.parents[1], folder=tmp_path)
    assert done.exit_code == ExitCode.USAGE
    assert "a bug" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "broken-autograder.zip").exists()


def test_the_scripts_are_scripts(zipped: Path, tmp_path: Path) -> None:
    for name, shell in (("setup.sh", "bash"), ("run_autograder", "sh")):
        with zipfile.ZipFile(zipped) as archive:
            text = archive.read(name)
        assert text.startswith(b"#!")
        assert b"\r" not in text
        assert subprocess.run([shell, "-n"], input=text, check=False, timeout=10).returncode == 0


def test_all_packages_are_locked_with_hashes_in_a_checkout_and_the_direct_ones_pinned_elsewhere() -> None:
    locked, hashes = make_grader_requirements()
    assert hashes
    names = {line.split("==")[0] for line in locked.splitlines() if "==" in line and not line.startswith(" ")}
    assert {"tensorflow", "tensorflow-cpu", "keras", "msgspec", "absl-py", "wrapt"} <= names
    assert not names & {"pytest", "mypy", "ruff", "uv", "playwright", "distributed"}
    pinned, hashes = make_grader_requirements(Path("nowhere"))
    assert not hashes
    assert {line.split("==")[0] for line in pinned.splitlines()} <= names
    assert "tensorflow-cpu==2" in pinned
    assert "; sys_platform == 'linux'" in pinned
    assert "distributed" not in pinned


# What it writes


def test_a_right_notebook_in_a_repository_gets_all_points_in_a_container_without_namespaces(place: Place) -> None:
    cells: list[dict[str, Any]] = [
        {"cell_type": "code", "source": RIGHT, "metadata": {}, "outputs": [], "execution_count": None}
    ]
    text = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    place.hand_in(functions_in_my__ipynb=text, other_in_submission__py="x = 1", README__md="x")
    results = place.results(sys.executable, "-m", "tests.authoring.release.in_container")
    assert results.score == 100
    assert results.output.startswith("my.ipynb: 100 of 100 points.")
    assert [(t.score, t.max_score, t.status) for t in results.tests] == [
        (50, 50, "passed"), (30, 30, "passed"), (20, 20, "passed"),
    ]  # fmt: skip
    assert any(wall.startswith("mount_namespace") for wall in results.extra_data["missing_walls"])
    assert "mount_namespace" in place.stdout
    assert results.stdout_visibility == "hidden"


def test_a_wrong_solution_gets_a_part_and_explanations_that_are_only_text(place: Place) -> None:
    wrong = RIGHT + "\n\ndef one_hot(y):\n    raise ValueError('<img src=x> \\u202e **bold** \\x1b[31m')\n"
    place.hand_in(submission__py=wrong + "\n\ndef class_counts(y):\n    while True: pass\n", notes__txt="x")
    results = place.results_here()
    assert results.score == 30
    assert [t.score for t in results.tests] == [0, 30, 0]
    assert {t.status for t in results.tests} == {"failed", "passed"}
    first, _, last = results.tests
    assert "ValueError: <img src=x> ⟨U+202E⟩ **bold**" in first.output
    assert "\x1b" not in first.output
    assert "submission.py, line" in first.output
    assert "did not come to an end in time" in last.output
    assert results.output_format == results.test_output_format == results.test_name_format == "text"
    assert {t.output_format for t in results.tests} == {"text"}


def test_broken_code_gets_no_points_and_its_line(place: Place) -> None:
    place.hand_in(submission__py="import numpy as np\n" + RIGHT + "def one_hot(y:\n")
    results = place.results_here()
    assert results.score == 0
    assert len(results.tests) == 3
    assert f"submission.py, line {RIGHT.count(chr(10)) + 2}\n    def one_hot(y:" in results.output


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "There is no .py or .ipynb file."),
        ({"essay__pdf": "x"}, "There is no .py or .ipynb file."),
        ({"a__py": RIGHT, "b__py": RIGHT}, "There are 2 files, and it is not clear which one is meant"),
        ({"submission__py": RIGHT, "submission__ipynb": "{}"}, "There are 2 files"),
        ({"submission__py": b"\x00\xff"}, "submission.py"),
        ({"submission__ipynb": "{"}, "submission.ipynb"),
        ({"submission__py": ""}, "submission.py is empty"),
        ({"all__zip": "no zip"}, "zip"),
    ],
)
def test_what_cannot_be_graded_is_told_to_the_student_for_no_points(
    files: dict[str, str | bytes], said: str, place: Place
) -> None:
    place.hand_in(**files)
    results = place.results_here()
    assert results.score == 0
    assert said in results.output
    assert [(t.status, t.visibility) for t in results.tests] == [("failed", "visible")]
    assert said in results.tests[0].output


def test_a_link_is_not_followed(place: Place) -> None:
    (place.folder / "submission" / "submission.py").symlink_to(
        COURSE / "reference" / "functions" / "submission.py"
    )
    results = place.results_here()
    assert results.score == 0
    assert "link" in results.output


def test_the_language_and_the_visibility_are_those_that_were_chosen(place: Place, tmp_path: Path) -> None:
    assert make_zip(tmp_path / "b.zip", "--visibility", "after_due_date", "--lang", "de").exit_code == 0
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        archive.extract("settings.json", place.folder / "source")
    results = place.results_here()
    assert results.visibility == "after_due_date"
    assert results.tests[0].visibility == "visible"
    nothing = _("Nothing could be graded. {why}", why=_("There is no .py or .ipynb file."))
    assert results.output == Translator("de")(nothing)


# What is no mark


def results_from_before(place: Place) -> None:
    place.file.write_text('{"score": 100}')


def test_what_could_not_be_decided_leaves_no_results_so_that_gradescope_tells_of_a_failure(place: Place) -> None:
    rubric = place.folder / "source" / "course" / "exercises" / "functions" / "rubric.py"
    rubric.write_text(rubric.read_text().replace("return self.check.judge(case)", "raise RuntimeError('a bug')"))
    place.hand_in(submission__py=RIGHT)
    results_from_before(place)
    assert place.run_here() == ExitCode.NOT_GRADED
    assert not place.file.exists()
    assert "the grader could not decide everything" in place.stdout
    assert "a bug" in place.stdout


def test_a_rubric_that_fails_leaves_no_results(place: Place) -> None:
    rubric = place.folder / "source" / "course" / "exercises" / "functions" / "rubric.py"
    rubric.write_text("raise RuntimeError('a bug')")
    place.hand_in(submission__py=RIGHT)
    results_from_before(place)
    assert place.run_here() == ExitCode.NOT_GRADED
    assert not place.file.exists()
    assert "a bug" in place.stdout
    assert "Traceback" not in place.stdout


def test_settings_that_cannot_be_read_leave_no_results(place: Place) -> None:
    (place.folder / "source" / "settings.json").write_text('{"exercise": "functions"}')
    results_from_before(place)
    assert place.run() == ExitCode.NOT_GRADED
    assert not place.file.exists()
    assert "settings" in place.stdout.lower() or "missing required field" in place.stdout


def test_an_environment_that_was_not_set_up_leaves_no_results(place: Place, tmp_path: Path) -> None:
    place.home = tmp_path / "nowhere"
    results_from_before(place)
    with pytest.raises(AssertionError):
        place.run()
    assert not place.file.exists()


def isolation(standing: set[str], detail: str = "") -> Isolation:
    """Return walls of which only some stand."""
    return Isolation(
        mode="walls",
        walls=tuple(
            WallState(id=name, stands=name in standing, detail=detail if name == "user_namespace" else "")
            for name in WALLS
        ),
    )


@pytest.mark.parametrize(
    ("standing", "detail", "lacks"),
    [
        (set(WALLS), "", None),
        ({"landlock", "seccomp"}, "", None),
        ({"mount_namespace", "pid_namespace"}, "", None),
        ({"seccomp"}, f"unshare: refused; {AS_NOBODY}", None),
        ({"seccomp", "limits", "capabilities", "user_namespace"}, "", "files"),
        ({"landlock", "mount_namespace"}, "", "processes"),
        (set(), AS_NOBODY, "processes"),
    ],
)
def test_without_the_least_of_walls_there_is_no_mark(standing: set[str], detail: str, lacks: str | None) -> None:
    found = find_missing_walls(isolation(standing, detail))
    assert (found is None) == (lacks is None)
    assert lacks is None or (found is not None and lacks in Translator("en")(found))


def test_plain_processes_are_no_walls() -> None:
    assert find_missing_walls(Isolation(mode="plain")) is not None


ATTACK = """
import glob, os, signal

def write(path):
    with open(path, "w") as file:
        file.write('{"score": 100}')

def attempts():
    for path in ("RESULTS/results.json", "SOURCE/settings.json", "SOURCE/course/exercises/functions/rubric.py"):
        yield lambda path=path: write(path)
        yield lambda path=path: open(path).read()
    yield lambda: os.listdir("SOURCE")
    yield lambda: os.rename("RESULTS", "RESULTS-moved")
    yield lambda: write("PACKAGES/grader/authoring/release/gradescope/harness.py")
    yield lambda: os.fork()
    for process in glob.glob("/proc/[0-9]*"):
        if process != f"/proc/{os.getpid()}":
            yield lambda process=process: open(process + "/mem", "r+b")
            yield lambda process=process: os.kill(int(process[6:]), signal.SIGSTOP)

def one_hot(y):
    done = []
    for number, attempt in enumerate(attempts()):
        try:
            attempt()
            done.append(number)
        except OSError:
            pass
    raise ValueError(f"user {os.getuid()} did {done}")
"""


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root becomes somebody else")
def test_a_hand_in_reaches_neither_results_nor_rubric_nor_processes_in_a_container_without_landlock(
    place: Place,
) -> None:
    packages = next(place.home.glob("lib/python*/site-packages"))
    attack = ATTACK.replace("PACKAGES", str(packages))
    for name in ("results", "source"):
        attack = attack.replace(name.upper(), str(place.folder / name))
    place.hand_in(submission__py=RIGHT + attack)
    results = place.results(sys.executable, "-m", "tests.authoring.release.in_container", "--no-landlock")
    assert results.score == 50
    assert "did []" in results.tests[0].output
    assert "user 65534" in results.tests[0].output
    walls = results.extra_data["missing_walls"]
    assert any(AS_NOBODY in wall for wall in walls)
    assert any(wall.startswith("landlock") for wall in walls)


# Which file


def test_in_a_repository_only_the_exercises_folder_is_looked_at(tmp_path: Path) -> None:
    for name in ("functions", "networks"):
        (tmp_path / "mine" / name).mkdir(parents=True)
        (tmp_path / "mine" / name / "submission.py").write_text(name)
    name, file = find_submission_file(SMALL, "functions", tmp_path / "mine", tmp_path)
    assert (name, file.read_text()) == ("submission.py", "functions")


def test_the_stub_that_nobody_touched_is_not_meant_where_there_is_more(tmp_path: Path) -> None:
    course = Course(ROOT)
    stubs = ROOT / "exercises" / "wine"
    shutil.copytree(stubs, tmp_path / "wine", ignore=shutil.ignore_patterns("__pycache__", "rubric.py", "*.de.*"))
    with pytest.raises(NothingToGradeError):  # two stubs, and nothing else
        find_submission_file(course, "wine", tmp_path / "wine", tmp_path)
    (tmp_path / "wine" / "submission.py").write_text("x = 1")
    assert find_submission_file(course, "wine", tmp_path / "wine", tmp_path)[0] == "submission.py"
    (tmp_path / "wine" / "submission.py").unlink()
    assert find_submission_file(course, "wine", tmp_path / "wine", tmp_path)[0] == "submission.ipynb"
    # The German stub is handed out under the same name.
    shutil.copy(stubs / "submission.de.ipynb", tmp_path / "wine" / "submission.ipynb")
    (tmp_path / "wine" / "mine.py").write_text("x = 1")
    assert find_submission_file(course, "wine", tmp_path / "wine", tmp_path)[0] == "mine.py"


def test_the_file_in_a_zip_keeps_its_name(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    with zipfile.ZipFile(tmp_path / "mine" / "all.zip", "w") as archive:
        archive.writestr("deep/solution.py", "x = 1")
    name, file = find_submission_file(SMALL, "functions", tmp_path / "mine", tmp_path)
    assert (name, file.read_text()) == ("solution.py", "x = 1")


def test_what_is_not_the_students_doing_is_no_zero(tmp_path: Path) -> None:
    with pytest.raises(UnusableHandInsError):
        find_submission_file(SMALL, "functions", tmp_path / "nowhere", tmp_path)
    (tmp_path / "mine").mkdir()
    with zipfile.ZipFile(tmp_path / "mine" / "all.zip", "w") as archive:
        archive.writestr("solution.py", "x = 1")
    with pytest.raises(UnusableHandInsError):  # no room to unpack
        find_submission_file(SMALL, "functions", tmp_path / "mine", tmp_path / "nowhere")


def test_a_hand_in_that_did_not_arrive_leaves_no_results(place: Place) -> None:
    (place.folder / "submission").rmdir()
    results_from_before(place)
    assert place.run_here() == ExitCode.NOT_GRADED
    assert not place.file.exists()
    assert "The folder submission cannot be listed" in place.stdout.replace(str(place.folder) + "/", "")
