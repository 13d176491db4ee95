"""`grader list` and `grader start`: what a student sees first."""

from pathlib import Path

from grader.core.exit_codes import ExitCode
from tests.commands.test_app import grader


def made_course(folder: Path, **sheets: str) -> Path:
    """Make a course with one exercise and these task sheets; "_" stands for "."."""
    exercise = folder / "exercises" / "circles"
    exercise.mkdir(parents=True)
    (exercise / "rubric.py").touch()
    for name, text in sheets.items():
        (exercise / name.replace("_", ".")).write_text(text, "utf-8")
    return folder


def test_list_shows_titles_in_the_chosen_language() -> None:
    english, german = grader("list").stdout, grader("list", "--lang", "de").stdout
    assert "digits               The digits classifier\n" in english
    assert "digits               Der Ziffern-Klassifikator\n" in german
    names = [line.split()[0] for line in english.splitlines()]
    assert names == sorted(line.split()[0] for line in german.splitlines())


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


def test_start_into_what_is_no_folder_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for folder in ("file", "file/below"):
        done = grader("start", "digits", tmp_path / folder)
        assert done.returncode == ExitCode.USAGE
        assert "could not be written" in done.stderr
        assert "Traceback" not in done.stderr
