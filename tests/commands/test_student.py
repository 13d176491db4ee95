"""`grader list` and `grader start`: what a student sees first."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from grader.authoring.notebooks import make_notebook
from grader.core.course import Course
from grader.core.exit_codes import ExitCode
from grader.core.syntax_trees import is_docstring
from tests.commands.test_app import grader
from tests.helpers.paths import ROOT


def made_course(folder: Path, **sheets: str) -> Path:
    """Make a course with one exercise and these task sheets; "_" stands for "."."""
    exercise = folder / "exercises" / "circles"
    exercise.mkdir(parents=True)
    (exercise / "rubric.py").touch()
    for name, text in sheets.items():
        (exercise / name.replace("_", ".")).write_text(text, "utf-8")
    return folder


def test_list_shows_parts_titles_and_effort_in_the_chosen_language() -> None:
    english, german = grader("list").stdout, grader("list", "--lang", "de").stdout
    assert english.startswith(
        "One neuron\n  linear_regression    Linear regression: one layer, one neuron (2 h)\n"
    )
    assert (
        "  logistic_regression  Logistische Regression: ein Neuron, das Ja oder Nein sagt (3 h, nach linear_r"
        in german
    )
    names = [line.split()[0] for line in english.splitlines() if line.startswith(" ")]
    assert names == [line.split()[0] for line in german.splitlines() if line.startswith(" ")]
    assert sorted(names) == list(Course(ROOT).exercises())


PART = "[[part]]\ntitle = {en='a', de='b'}\nexercise = "
PATHS = {  # what a learning path says: what is complained of
    "[[part]\n": "cannot be read: ",
    "[[part]]\ntitle = 'x'\n": "cannot be read: Expected `object`, got `str` - at `$.part[0].title`",
    f"{PART}[{{name='circles', hours=0}}]": "cannot be read: Expected `int` >= 1",
    f"{PART}[{{name='squares', hours=1}}]": "learning_path.toml names 'squares', which this course lacks.",
    f"{PART}[{{name='circles', hours=1}}, {{name='circles', hours=1}}]": "learning_path.toml has circles twice.",
    f"{PART}[{{name='circles', hours=1, after=['circles']}}]": (
        "learning_path.toml: circles builds on 'circles', which has to come before it."
    ),
}


@pytest.mark.parametrize("text", PATHS)
def test_a_learning_path_that_cannot_be_right_is_told_and_the_list_is_shown_all_the_same(
    text: str, tmp_path: Path
) -> None:
    course = made_course(tmp_path, task_md="# Circles\n", task_de_md="# Kreise\n")
    (course / "exercises" / "learning_path.toml").write_text(text, "utf-8")
    done = grader("list", "--course", course)
    assert done.returncode == ExitCode.USAGE
    assert PATHS[text] in done.stderr
    assert "circles  Circles" in done.stdout


def test_an_exercise_that_is_not_on_the_path_comes_last(tmp_path: Path) -> None:
    course = made_course(tmp_path, task_md="# Circles\n")
    (course / "exercises" / "learning_path.toml").write_text("[[part]]\ntitle = {en='First\u202e', de='b'}\n")
    assert grader("list", "--course", course).stdout == "First⟨U+202E⟩\nOther exercises\n  circles  Circles\n"


def test_list_shows_an_exercise_without_a_title_or_in_another_language_only(tmp_path: Path) -> None:
    bare = made_course(tmp_path / "bare")
    assert grader("list", "--course", bare).stdout == "circles\n"
    untitled = made_course(tmp_path / "untitled", task_md="Just text.\n")
    assert grader("list", "--course", untitled).stdout == "circles\n"
    english = made_course(tmp_path / "english", task_md="Hello\n\n# Circles \u202e[bold]\n# Second\n")
    assert grader("list", "--course", english, "--lang", "de").stdout == "circles  Circles ⟨U+202E⟩[bold]\n"


def test_start_says_what_comes_next_with_a_command_that_finds_the_file(tmp_path: Path) -> None:
    done = grader("start", "digits", tmp_path / "work", "--notebook")
    assert done.returncode == 0
    assert done.stderr == (
        f"Read task.md, write your code into submission.ipynb, then: grader check digits "
        f"{tmp_path / 'work' / 'submission.ipynb'}\n"
    )


def code_of(file: Path) -> str:
    """Return the program of a stub without its docstrings and comments."""
    tree = ast.parse(file.read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            assert is_docstring(node.body[0])
            node.body = node.body[1:]
    return ast.dump(tree)


@pytest.mark.parametrize("exercise", Course(ROOT).exercises())
def test_the_german_stub_asks_for_the_same_functions(exercise: str) -> None:
    english, german = (ROOT / "exercises" / exercise / f"submission{part}.py" for part in ("", ".de"))
    assert code_of(english) == code_of(german)
    assert german.with_suffix(".ipynb").read_text("utf-8") == make_notebook(german.read_text("utf-8"))
    words = re.findall(r"\b(?:the|returns|each|read|integers)\b", german.read_text("utf-8").lower())
    assert not words


def test_start_copies_the_stub_in_the_chosen_language(tmp_path: Path) -> None:
    for stub, options in (("submission.py", ()), ("submission.ipynb", ("--notebook",))):
        assert grader("start", "Wine", tmp_path / stub, "--lang", "de", *options).returncode == 0
        source = ROOT / "exercises" / "wine" / stub.replace(".", ".de.", 1)
        assert (tmp_path / stub / stub).read_bytes() == source.read_bytes()


def test_start_copies_what_the_exercise_hands_out_besides_and_nothing_else_of_it(tmp_path: Path) -> None:
    course = made_course(tmp_path, task_md="# Circles\n")
    folder = course / "exercises" / "circles"
    (folder / "submission.py").touch()
    (folder / "answers.csv").write_text("for the rubric")
    (folder / "handout" / "more").mkdir(parents=True)
    for name in ("points.csv", ".hidden", "task.md"):
        (folder / "handout" / name).write_text(name)
    work = tmp_path / "work"
    done = grader("start", "circles", work, "--course", course)
    assert done.returncode == 0, done.stderr
    assert {path.name for path in work.iterdir()} == {"submission.py", "task.md", "points.csv"}
    assert (work / "points.csv").read_text() == "points.csv"
    assert (work / "task.md").read_text() == "# Circles\n"
    for name in ("submission.py", "task.md"):
        (work / name).unlink()
    (work / "points.csv").write_text("mine")
    refused = grader("start", "circles", work, "--course", course)
    assert refused.returncode == ExitCode.USAGE
    assert "points.csv is already there" in refused.stderr
    assert [path.read_text() for path in work.iterdir()] == ["mine"]


def test_the_stub_of_transfer_learning_reads_the_base_that_start_puts_beside_it(tmp_path: Path) -> None:
    assert grader("start", "transfer_learning", tmp_path).returncode == 0
    done = subprocess.run(
        [sys.executable, "submission.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "23,632" in done.stdout


def test_start_into_what_is_no_folder_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for folder in ("file", "file/below"):
        done = grader("start", "digits", tmp_path / folder)
        assert done.returncode == ExitCode.USAGE
        assert "could not be written" in done.stderr
        assert "Traceback" not in done.stderr
