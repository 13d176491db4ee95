"""What the words after `grader check` mean."""

from pathlib import Path

import pytest

from grader.commands.check_arguments import read_arguments
from grader.core.course import Course
from grader.core.errors import UnknownExerciseError, UserError
from tests.helpers.paths import ROOT

COURSE = Course(ROOT)
SOLUTION = ROOT / "reference" / "wine" / "submission.py"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("digits", ("digits", None, ())),
        ("Digits", ("digits", None, ())),
        ("digit", ("digits", None, ())),
        ("linear-regression", ("linear_regression", None, ())),
        ("digits scale train", ("digits", None, ("scale", "train"))),
        ("digits work/a.py scale", ("digits", Path("work/a.py"), ("scale",))),
        ("digits missing.py", ("digits", Path("missing.py"), ())),
        ("digits . scale scale", ("digits", Path(), ("scale",))),
        (f"{SOLUTION}", ("wine", SOLUTION, ())),
        (f"{SOLUTION} prepare", ("wine", SOLUTION, ("prepare",))),
        (f"{SOLUTION.parent} prepare", ("wine", SOLUTION.parent, ("prepare",))),
    ],
)
def test_words_are_an_exercise_a_file_and_names(
    words: str, expected: tuple[object, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    target = read_arguments(COURSE, words.split(), ())
    assert (target.exercise, target.file, target.only) == expected


def test_names_may_be_options_and_a_folder_with_the_name_of_an_exercise_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "digits").mkdir()
    (tmp_path / "work").mkdir()
    assert read_arguments(COURSE, ["digits"], ["scale"]).only == ("scale",)
    assert read_arguments(COURSE, ["digits", "work"], []).file == Path("work")
    (tmp_path / "submission.py").write_text(SOLUTION.read_text())
    assert read_arguments(COURSE, [], []).exercise == "wine"


@pytest.mark.parametrize(
    ("words", "part"),
    [
        ("dgits", "There is no exercise 'dgits'. Did you mean digits?"),
        ("x", "This course has: calibration, dense_layer, digits"),
        ("l", "There is no exercise 'l'"),
        ("", "Name the exercise, the file, or both"),
        ("digits a.py b.py", "One file is checked at a time; received a.py, b.py."),
        ("empty.py", "empty.py does not tell which exercise it solves. Name it: grader check NAME empty.py."),
        ("missing.py", "There is no file missing.py"),
    ],
)
def test_words_that_mean_nothing_are_refused(
    words: str, part: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("empty.py").write_text("x = 1\n")
    with pytest.raises(UserError) as refused:
        read_arguments(COURSE, words.split(), ())
    assert part in str(refused.value)


def test_a_beginning_that_fits_several_exercises_is_none() -> None:
    with pytest.raises(UnknownExerciseError):
        COURSE.resolve_exercise("lo_li")
    assert COURSE.resolve_exercise("metric") == "metric_cheat_sheet"
