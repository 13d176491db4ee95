"""What is told before anything is run: syntax errors, stubs, solutions of another exercise."""

from pathlib import Path

import pytest

from grader.commands.quick_answer import find_quick_answer
from grader.core.course import Course
from grader.core.exit_codes import ExitCode
from grader.core.i18n import LANGUAGES, Translator
from grader.submission.reader import read
from tests.commands.test_app import grader
from tests.helpers.paths import ROOT

COURSE = Course(ROOT)
RIGHT = (ROOT / "reference" / "digits" / "submission.py").read_text("utf-8")


def answer(folder: Path, text: str, exercise: str = "digits", name: str = "submission.py") -> tuple[str, str, int]:
    file = folder / name
    file.write_text(text, "utf-8")
    found = find_quick_answer(COURSE, exercise, read(file))
    if found is None:
        return "", "", -1
    translate = Translator("en")
    return translate(found.text), translate(found.next_step), found.code


def test_a_syntax_error_names_its_line_and_is_told_once(tmp_path: Path) -> None:
    text, next_step, code = answer(tmp_path, RIGHT + "\ndef scale(x)\n    return x\n")
    line = RIGHT.count("\n") + 2
    assert text.startswith(f"submission.py, line {line}: Python cannot read this: ")
    assert next_step.endswith(f"Next: mend line {line}.")
    assert code == ExitCode.NOT_ALL_PASSED


def test_a_stub_that_nobody_touched_is_told_in_either_form(tmp_path: Path) -> None:
    for name in ("submission.py", "submission.ipynb"):
        stub = (ROOT / "exercises" / "digits" / name).read_text("utf-8")
        text, next_step, code = answer(tmp_path, stub, name=name)
        assert f"{name} is still as it was handed out" in text
        assert "NotImplementedError" in next_step
        assert code == ExitCode.NOT_ALL_PASSED
    assert answer(tmp_path, (ROOT / "exercises" / "digits" / "submission.py").read_text() + "x = 1\n")[2] == -1


def test_a_solution_of_another_exercise_is_told_with_the_command_for_it(tmp_path: Path) -> None:
    text, next_step, code = answer(tmp_path, RIGHT, "wine")
    assert "This is a solution of digits, not of wine" in text
    assert next_step == "Next: grader check digits submission.py"
    assert code == ExitCode.USAGE


def test_what_can_be_run_is_run(tmp_path: Path) -> None:
    assert answer(tmp_path, RIGHT) == ("", "", -1)
    assert answer(tmp_path, "x = 1\n", "wine") == ("", "", -1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_command_tells_it_without_a_process_of_its_own_and_the_next_step_last(
    tmp_path: Path, language: str
) -> None:
    file = tmp_path / "submission.py"
    file.write_text(RIGHT + "\ndef (\n", "utf-8")
    done = grader("check", "digits", file, "--course", ROOT, "--lang", language, "--log-file", tmp_path / "log")
    assert done.returncode == ExitCode.NOT_ALL_PASSED
    line = str(RIGHT.count("\n") + 2)
    assert f"{line} | def (" in done.stdout
    assert line in done.stdout.splitlines()[-1]
    assert len(done.stdout.splitlines()) < 8
    assert "worker" not in (tmp_path / "log").read_text()
