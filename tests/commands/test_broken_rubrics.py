"""A course with a broken rubric: every command says what is wrong with it, and goes on with the others."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from grader.commands import broken_rubrics
from grader.commands.app import app
from grader.commands.broken_rubrics import find_broken_rubrics
from grader.commands.progress import describe_fault
from grader.core.course import Course
from grader.core.errors import SandboxError, UnusableRubricError
from grader.core.exit_codes import ExitCode
from grader.core.i18n import Message, Translator
from tests.rubric.author_mistakes import MISTAKES, RUBRIC, STUB

TYPO = MISTAKES["a kind that is misspelt"]
SENTENCE = f"The rubric of typo, rubric.py, line {TYPO.find_line()}: kind is 'clasification'"


@pytest.fixture
def course(tmp_path: Path) -> Course:
    rubrics = {"good": RUBRIC, "typo": TYPO.change(), "syntax": "RUBRIC = (", "ends": "import os\nos._exit(0)\n"}
    for name, text in rubrics.items():
        folder = tmp_path / "exercises" / name
        folder.mkdir(parents=True)
        (folder / "rubric.py").write_text(f"print('noise')\n{text}" if name == "good" else text, "utf-8")
        (folder / "submission.py").write_text(STUB, "utf-8")
        (folder / "task.md").write_text(f"# The {name}\n", "utf-8")
        (folder / "task.de.md").write_text(f"# Das {name}\n", "utf-8")
    return Course(tmp_path)


def run(course: Course, *words: str) -> Result:
    terminal = {"LANG": "C.UTF-8", "LC_ALL": "", "NO_COLOR": "1", "XDG_CACHE_HOME": str(course.folder / "cache")}
    return CliRunner().invoke(app, [*words, "--course", str(course.folder)], env=terminal)


def test_list_shows_every_exercise_and_says_what_is_wrong_with_the_broken_ones(course: Course) -> None:
    (course.folder / "exercises" / "good" / "task.de.md").unlink()
    done = run(course, "list")
    assert done.exit_code == ExitCode.USAGE
    shown = [line.split() for line in done.stdout.splitlines()]
    assert shown == [[name, "The", name] for name in ("ends", "good", "syntax", "typo")]
    complaints = done.stderr.splitlines()
    assert complaints[0] == "good has no task.de.md: students get the task sheet in both languages."
    assert complaints[1] == "The rubric of ends does not come to its end while it is read."
    assert complaints[2].startswith("The rubric of syntax cannot be read: SyntaxError in rubric.py, line 1: ")
    assert complaints[3].startswith(SENTENCE)
    assert len(complaints) == 4


def test_validate_says_it_in_one_sentence(course: Course) -> None:
    done = run(course, "validate", "typo")
    assert done.exit_code == ExitCode.NOT_ALL_PASSED
    assert done.stderr.startswith(SENTENCE)
    assert len(done.stderr.splitlines()) == 1
    assert not done.stdout


class TestMemory:
    """A rubric that was right is not read again until it or its stub changes; a broken one is, each time."""

    @pytest.fixture
    def read(self, course: Course, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        read: list[str] = []
        problems = {"typo": Message("wrong")}

        def read_elsewhere(_course: Course, names: list[str]) -> dict[str, Message | None]:
            read.extend(names)
            return {name: problems.get(name) for name in names}

        monkeypatch.setenv("XDG_CACHE_HOME", str(course.folder / "cache"))
        monkeypatch.setattr(broken_rubrics, "_read_elsewhere", read_elsewhere)
        assert len(list(find_broken_rubrics(course))) == 1
        read.clear()
        return read

    def test_only_the_broken_one_is_read_again(self, course: Course, read: list[str]) -> None:
        assert [problem.msgid for problem in find_broken_rubrics(course)] == ["wrong"]
        assert read == ["typo"]

    @pytest.mark.parametrize("file", ["rubric.py", "submission.py", "table.csv"])
    def test_what_changed_is_read_again(self, course: Course, read: list[str], file: str) -> None:
        (course.folder / "exercises" / "good" / file).write_text("x = 1\n", "utf-8")
        list(find_broken_rubrics(course))
        assert read == ["good", "typo"]

    def test_a_home_that_cannot_be_written_to_does_no_harm(self, course: Course, read: list[str]) -> None:
        cache = course.folder / "no folder"
        cache.touch()
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("XDG_CACHE_HOME", str(cache))
            assert len(list(find_broken_rubrics(course))) == 1
        assert len(read) == 4


@pytest.mark.parametrize(("language", "fault"), [("en", "the exercise's fault"), ("de", "liegt an der Übung")])
def test_a_broken_rubric_is_no_fault_of_the_grader(language: str, fault: str) -> None:
    said = Translator(language)(describe_fault(UnusableRubricError(Message("The rubric is wrong."))))
    assert said.startswith("The rubric is wrong. ")
    assert fault in said


def test_any_other_fault_is_the_graders_and_says_what_to_report() -> None:
    said = Translator("en")(describe_fault(SandboxError("the worker is gone")))
    assert said == "Nothing could be graded; this is the grader's fault. Please report it: the worker is gone"
