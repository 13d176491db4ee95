"""What the program says of itself, and what a shell completes."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer

from grader.commands.app import CLOSING, INTRODUCTION, PANELS, app
from grader.commands.options import exercise_names
from grader.core.exit_codes import ExitCode
from grader.core.i18n import Message, Translator
from tests.helpers.paths import ROOT

COURSE = ROOT / "tests" / "end_to_end" / "course"
COMMANDS: dict[str, Any] = typer.main.get_command(app).commands  # type: ignore[attr-defined]


def run(*arguments: str, folder: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a wide terminal."""
    return subprocess.run(
        [sys.executable, "-m", "grader", *arguments],
        capture_output=True,
        text=True,
        cwd=folder,
        env=os.environ | {"LANG": "C.UTF-8", "LC_ALL": "", "NO_COLOR": "1", "COLUMNS": "200"} | environment,
        timeout=60,
        check=False,
    )


def completed(*words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Ask for the completion of the last word, as bash does."""
    words = ("grader", *words)
    asked = {"COMP_WORDS": " ".join(words), "COMP_CWORD": str(len(words) - 1), "_GRADER_COMPLETE": "complete_bash"}
    return run(folder=folder, PYTHONPROFILEIMPORTTIME="1", **asked)


@pytest.mark.parametrize(
    ("language", "usage"), [("en_US.UTF-8", "For students"), ("de_DE.UTF-8", "Für Studierende")]
)
def test_the_help_tells_the_whole_story_by_audience_in_the_language_of_the_terminal(
    language: str, usage: str
) -> None:
    said = run("--help", LANG=language)
    translate = Translator(language[:2])
    assert usage in said.stdout
    flat = " ".join(said.stdout.split())
    for words in (*INTRODUCTION, *CLOSING, *(panel for _, panel in PANELS)):
        assert translate(words) in flat
    assert "python -m" not in said.stdout


def test_every_command_of_the_story_is_one_and_every_command_has_its_audience() -> None:
    named = {
        name for words in (*INTRODUCTION, *CLOSING) for name in re.findall(r"\bgrader (\w+)", _english(words))
    }
    assert named - {"COMMAND"} <= set(COMMANDS)
    panels = {Translator("en")(panel) for _, panel in PANELS} | {Translator("de")(panel) for _, panel in PANELS}
    assert {command.rich_help_panel for command in COMMANDS.values()} <= panels


def test_every_exit_code_is_told() -> None:
    (codes,) = [words for words in CLOSING if "Exit codes" in _english(words)]
    assert set(map(int, re.findall(r"\d", _english(codes)))) == set(ExitCode)


def _english(words: Message) -> str:
    return Translator("en")(words)


@pytest.mark.parametrize("command", ["start", "check", "batch", "validate", "gradescope", "vpl"])
def test_names_of_exercises_are_completed_without_heavy_imports(command: str, tmp_path: Path) -> None:
    done = completed(command, "di", folder=tmp_path)
    assert done.stdout.split() == ["digits"]
    imported = re.findall(r"\| +(\w+)$", done.stderr, re.MULTILINE)
    assert "typer" in imported
    assert not {"numpy", "keras", "tensorflow", "sklearn", "pandas"} & set(imported)


def test_names_are_completed_from_the_course_that_was_named(tmp_path: Path) -> None:
    assert completed("check", "--course", str(COURSE), "f", folder=tmp_path).stdout.split() == ["functions"]
    assert completed("check", "--course", str(tmp_path), "f", folder=tmp_path).stdout.split() == []


def test_a_course_that_cannot_be_looked_into_completes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_: object) -> None:
        raise PermissionError

    monkeypatch.setattr("grader.commands.options.courses.find_course", refused)
    assert exercise_names(typer.Context(typer.main.get_command(app)), "d") == []


def test_the_completion_for_a_shell_is_shown() -> None:
    shell = f"{sys.executable} -m grader --show-completion; true"
    done = subprocess.run(
        ["bash", "-c", shell],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=60,
        check=False,
        env=dict(os.environ),
    )
    assert "_GRADER_COMPLETE=complete_bash" in done.stdout
