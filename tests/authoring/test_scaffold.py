"""`grader new` and `grader notebooks`: what is made is right at once, and nothing is written over."""

import json
import subprocess
import sys
from contextlib import chdir
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from grader.authoring import scaffold as scaffolding
from grader.authoring.notebooks import is_up_to_date, make_notebook
from grader.authoring.scaffold import (
    TEMPLATES,
    ExerciseKind,
    ScaffoldError,
    create_exercise,
    find_authors_course,
    find_name_problem,
)
from grader.commands.app import app
from grader.core.course import Course
from grader.core.exit_codes import ExitCode
from grader.core.i18n import Translator
from grader.grading import grader
from grader.rubric import Rubric
from grader.rubric.loader import load_rubric
from tests.helpers.paths import ROOT
from tests.helpers.proofs import VERDICT, Proof
from tests.helpers.shared_worker import SharedWorker

say = Translator("en")


def run(folder: Path, *arguments: str) -> Any:
    """Run a command in a folder, with nobody at the keyboard."""
    language = () if arguments[0] == "list" else ("--lang", "en")
    with chdir(folder):
        return CliRunner().invoke(app, [*arguments, *language])


def files(folder: Path) -> dict[str, bytes]:
    """Return everything that lies in a folder."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def proof_of(kind: ExerciseKind) -> Proof:
    """Return the proof that `grader validate` finds nothing in what is made of a kind."""
    return Proof(
        f"scaffold/{kind}", (*VERDICT, "grader/authoring", "grader/commands", "tests/authoring/test_scaffold.py")
    )


@pytest.mark.proof
@pytest.mark.parametrize(
    "kind", [k for k in ExerciseKind if k is ExerciseKind.FUNCTIONS or not proof_of(k).is_made()]
)
def test_what_is_made_of_each_kind_is_proven_at_once_and_no_mutant_survives(
    tmp_path: Path, shared_worker: SharedWorker, monkeypatch: pytest.MonkeyPatch, kind: ExerciseKind
) -> None:
    monkeypatch.setattr(grader, "start_environment", shared_worker.start)
    monkeypatch.setenv("NO_COLOR", "1")
    assert run(tmp_path, "new", f"my_{kind}", "--kind", kind).exit_code == 0
    done = run(tmp_path, "validate")  # with the user's stored runs: a mutant is run once
    assert done.exit_code == ExitCode.PASSED, done.stdout + done.stderr
    assert done.stdout.count("0 survived") == 1
    assert not done.stderr.strip()
    proof_of(kind).note()


@pytest.mark.parametrize("kind", ExerciseKind)
class TestEachKind:
    """What is made reads as an author should write."""

    def test_all_parts_are_there_and_the_notebooks_are_made_from_the_scripts(
        self, tmp_path: Path, kind: ExerciseKind
    ) -> None:
        made = create_exercise(Course(tmp_path), "my_own", kind)
        found = {p.relative_to(tmp_path).as_posix() for p in made.files}
        parts = {"rubric.py", "submission.py", "submission.ipynb", "task.md", "task.de.md"}
        assert {f"exercises/my_own/{name}" for name in parts} <= found
        assert {f"reference/my_own/submission.{end}" for end in ("py", "ipynb")} <= found
        variants = [name for name in found if "/variants/" in name]
        assert any("right" in name for name in variants)
        assert any("wrong" in name for name in variants)
        for room in ("exercises", "reference"):
            assert is_up_to_date(tmp_path / room / "my_own" / "submission.py")
        assert set(files(tmp_path)) == found

    def test_names_are_filled_in_everywhere(self, tmp_path: Path, kind: ExerciseKind) -> None:
        made = create_exercise(Course(tmp_path), "my_own", kind)
        text = "\n".join(p.read_text("utf-8") for p in made.files)
        assert "$" not in text
        assert "grader check my_own submission.py" in text
        assert "# My own\n" in text

    def test_the_sheets_name_every_function_and_criterion_with_its_points(
        self, tmp_path: Path, kind: ExerciseKind
    ) -> None:
        made = create_exercise(Course(tmp_path), "my_own", kind)
        stub = (tmp_path / "exercises" / "my_own" / "submission.py").read_text()
        functions = [
            line.split("(")[0].removeprefix("def ") for line in stub.splitlines() if line.startswith("def ")
        ]
        rubric: Rubric = load_rubric(made.course, "my_own")
        for sheet in ("task.md", "task.de.md"):
            text = (tmp_path / "exercises" / "my_own" / sheet).read_text("utf-8")
            assert functions
            assert all(f"{name}(" in text for name in functions)
            assert all(f"| `{c.id}` | {c.points:g} |" in text for c in rubric.criteria)

    def test_it_is_formatted_as_the_rest(self, tmp_path: Path, kind: ExerciseKind) -> None:
        create_exercise(Course(tmp_path), "my_own", kind)
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "ruff",
                "format",
                "--check",
                "--line-length",
                "115",
                "--isolated",
                str(tmp_path),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Flowers",
        "7flowers",
        "_x",
        "my-flowers",
        "my flowers",
        "flowers\n",
        "../flowers",
        "flowers/..",
        "blüten",
        "ﬂowers",
        "x" * 41,
        "class",
        "con",
        "lpt1",
        "reference",
        "variants",
        "rubric",
    ],
)
def test_what_cannot_be_a_name_is_refused_before_anything_is_written(tmp_path: Path, name: str) -> None:
    assert find_name_problem(Course(tmp_path), name) is not None
    with pytest.raises(ScaffoldError):
        create_exercise(Course(tmp_path), name, ExerciseKind.FUNCTIONS)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("room", ["exercises", "reference"])
@pytest.mark.parametrize("what", ["folder", "file", "link to nowhere"])
def test_a_name_that_is_taken_is_refused_and_nothing_is_touched(tmp_path: Path, room: str, what: str) -> None:
    (tmp_path / room).mkdir()
    taken = tmp_path / room / "flowers"
    if what == "folder":
        taken.mkdir()
        (taken / "mine.txt").write_text("mine")
    elif what == "file":
        taken.write_text("mine")
    else:
        taken.symlink_to("nowhere")
    before = files(tmp_path)
    done = run(tmp_path, "new", "flowers", "--kind", "functions")
    assert done.exit_code == ExitCode.USAGE
    assert f"{taken} is already there; nothing was written." in done.stderr
    assert files(tmp_path) == before


def test_a_half_written_exercise_is_not_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "exercises").mkdir()
    rename = Path.rename

    def failing(self: Path, target: Path) -> Path:
        if "exercises" in str(self):  # the second of the two
            raise OSError(28, "No space left on device")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(ScaffoldError) as error:
        create_exercise(Course(tmp_path), "flowers", ExerciseKind.FUNCTIONS)
    assert "No space left on device" in say(error.value.text)
    assert [p.name for p in tmp_path.rglob("*")] == ["exercises"]  # which was there


def test_a_fault_in_the_middle_leaves_nothing_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(source: Path) -> None:
        raise ZeroDivisionError(source)

    monkeypatch.setattr(scaffolding, "write_notebook", failing)
    with pytest.raises(ZeroDivisionError):
        create_exercise(Course(tmp_path), "flowers", ExerciseKind.FUNCTIONS)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "exercises").write_text("a file")
    done = run(tmp_path, "new", "flowers", "--kind", "functions")
    assert done.exit_code == ExitCode.USAGE
    assert "The exercise could not be written in" in done.stderr
    assert files(tmp_path) == {"exercises": b"a file"}
    assert not (tmp_path / "reference").exists()


def test_without_a_terminal_the_kind_has_to_be_told(tmp_path: Path) -> None:
    done = run(tmp_path, "new", "flowers")
    assert done.exit_code == ExitCode.USAGE
    assert "--kind with one of: classification, regression, functions" in done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("answer", "kind"),
    [("regression\n", "regression"), ("\n", "classification"), ("poetry\nfunctions\n", "functions")],
)
def test_at_a_terminal_the_kind_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str, kind: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("grader.commands.authoring._is_terminal", lambda: True)
    done = CliRunner().invoke(app, ["new", "flowers"], input=answer)
    assert done.exit_code == 0, done.output
    assert "What kind of exercise" in done.output
    assert load_rubric(Course(tmp_path), "flowers").task.kind == kind


def test_whoever_goes_away_without_an_answer_makes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("grader.commands.authoring._is_terminal", lambda: True)
    done = CliRunner().invoke(app, ["new", "flowers"], input="poetry\n")
    assert done.exit_code == ExitCode.USAGE
    assert not list(tmp_path.iterdir())


class TestWhere:
    """A new exercise goes into the author's course, and never into the installed package."""

    def test_the_course_around_the_current_folder(self, tmp_path: Path) -> None:
        create_exercise(Course(tmp_path), "first", ExerciseKind.FUNCTIONS)
        inner = tmp_path / "exercises" / "first"
        done = run(inner, "new", "second", "--kind", "functions")
        assert done.exit_code == 0
        assert Course(tmp_path).exercises() == ("first", "second")

    def test_a_folder_that_is_named_and_the_next_commands_name_it_too(self, tmp_path: Path) -> None:
        (tmp_path / "there").mkdir()
        done = run(tmp_path, "new", "flowers", "--kind", "functions", "--course", "there")
        assert "grader validate flowers --course there" in done.stdout
        assert run(tmp_path, "list", "--course", "there").stdout == "flowers  Flowers\n"

    def test_a_folder_that_is_not_there_is_refused(self, tmp_path: Path) -> None:
        done = run(tmp_path, "new", "flowers", "--kind", "functions", "--course", "nowhere")
        assert done.exit_code == ExitCode.USAGE
        assert "There is no folder" in done.stderr
        assert not list(tmp_path.iterdir())

    @pytest.mark.parametrize("inside", ["", "grader", "exercises/digits"])
    def test_the_installed_package_is_refused(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inside: str
    ) -> None:
        (tmp_path / inside).mkdir(parents=True, exist_ok=True)
        monkeypatch.setattr(scaffolding, "SHIPPED_FOLDER", tmp_path)
        with pytest.raises(ScaffoldError) as error:
            find_authors_course(tmp_path / inside)
        assert "belongs to the installed grader" in say(error.value.text)
        monkeypatch.chdir(tmp_path / inside)
        with pytest.raises(ScaffoldError):
            find_authors_course(None)
        (tmp_path / "reference").mkdir()  # a checkout
        assert find_authors_course(tmp_path).folder == tmp_path


class TestNotebooks:
    """The scripts are the source."""

    @pytest.fixture
    def course(self, tmp_path: Path) -> Path:
        create_exercise(Course(tmp_path), "flowers", ExerciseKind.FUNCTIONS)
        create_exercise(Course(tmp_path), "trees", ExerciseKind.FUNCTIONS)
        return tmp_path

    def change(self, course: Path, exercise: str = "flowers") -> Path:
        source = course / "exercises" / exercise / "submission.py"
        source.write_text(source.read_text() + "\n\n# %%\nnew = 1\n")
        return source

    def test_only_what_is_out_of_date_is_written_and_named(self, course: Path) -> None:
        assert run(course, "notebooks").stdout == ""
        source = self.change(course)
        before = files(course)
        done = run(course, "notebooks")
        assert (done.exit_code, done.stdout) == (0, "exercises/flowers/submission.ipynb\n")
        changed = {name for name, content in files(course).items() if content != before[name]}
        assert changed == {"exercises/flowers/submission.ipynb"}
        cells = json.loads(source.with_suffix(".ipynb").read_text())["cells"]
        assert "".join(cells[-1]["source"]) == "new = 1"

    def test_one_exercise_may_be_named(self, course: Path) -> None:
        self.change(course)
        self.change(course, "trees")
        assert run(course, "notebooks", "trees").stdout == "exercises/trees/submission.ipynb\n"
        assert run(course, "notebooks", "shrubs").exit_code == ExitCode.USAGE

    def test_check_writes_nothing_and_fails(self, course: Path) -> None:
        assert run(course, "notebooks", "--check").exit_code == ExitCode.PASSED
        self.change(course)
        (course / "reference" / "trees" / "submission.ipynb").unlink()
        before = files(course)
        done = run(course, "notebooks", "--check")
        assert done.exit_code == ExitCode.NOT_ALL_PASSED
        assert done.stdout.split() == ["exercises/flowers/submission.ipynb", "reference/trees/submission.ipynb"]
        assert files(course) == before

    def test_a_source_that_is_no_text_is_said(self, course: Path) -> None:
        (course / "exercises" / "flowers" / "submission.py").write_bytes(b"\xff\xfe")
        done = run(course, "notebooks")
        assert done.exit_code == ExitCode.USAGE
        assert "No notebook can be made from exercises/flowers/submission.py" in done.stderr

    def test_outside_a_course_there_is_nothing_to_make(self, tmp_path: Path) -> None:
        done = run(tmp_path, "notebooks")
        assert done.exit_code == ExitCode.USAGE
        assert "There are no exercises in" in done.stderr

    def test_the_same_source_gives_the_same_bytes(self) -> None:
        source = "# %% [markdown]\n# # Title\n\n# %%\nx = 1\n"
        assert make_notebook(source) == make_notebook(source)
        assert "outputs" in make_notebook(source)


def test_the_notebooks_of_the_shipped_course_are_up_to_date() -> None:
    assert run(ROOT, "notebooks", "--check").exit_code == ExitCode.PASSED


def test_every_template_is_in_the_package() -> None:
    assert {p.name for p in TEMPLATES.iterdir()} == set(ExerciseKind)
    assert all(p.suffix == ".template" for p in TEMPLATES.rglob("*") if p.is_file())
