"""A rubric's file, the modules and the data beside it; and what an author did wrong, in a sentence."""

import os
import sys
from pathlib import Path

import pytest

from grader.authoring.validation.expectations import make_script
from grader.core.course import Course
from grader.core.errors import RubricFileError, UnusableRubricError
from grader.core.exit_codes import ExitCode
from grader.core.i18n import Translator
from grader.examiner.client import ExaminerClient
from grader.examiner.service import Examiner
from grader.protocol.messages import MakePlan, Question, RunPlan
from grader.rubric.loader import RubricUnreadableError, load_rubric, load_usable_rubric
from tests.commands.test_app import grader

RUBRIC = """
from grader.rubric.checks import OneHot
from grader.rubric.data import no_data
from grader.rubric import Bilingual, Criterion, Rubric, Task

T = Bilingual(en="x", de="y")
RUBRIC = Rubric(title=T, task=Task("functions"), data=no_data, criteria=(
    Criterion(id="a", points=100, title=T, lesson=T, check=OneHot("one_hot", 10)),))
"""
WITH_MODULE = RUBRIC.replace("from grader.rubric.checks import OneHot", "from mychecks import OneHot")
MODULE = (
    "from __future__ import annotations\nfrom grader.rubric.checks import OneHot\nfrom limits import CLASSES\n"
)


def course(folder: Path, **files: str) -> Course:
    """Write exercises; `one__rubric` is the file rubric.py of the exercise `one`."""
    for name, text in files.items():
        exercise, _, file = name.partition("__")
        path = folder / "exercises" / exercise / f"{file}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return Course(folder)


def said(made: Course, exercise: str = "one") -> str:
    with pytest.raises(RubricFileError) as error:
        load_usable_rubric(made, exercise)
    return Translator("en")(error.value.text)


class TestModules:
    """`from mychecks import ...` in a rubric finds the file beside it."""

    def test_a_rubric_imports_modules_beside_it_and_these_import_each_other(self, tmp_path: Path) -> None:
        made = course(tmp_path, one__rubric=WITH_MODULE, one__mychecks=MODULE, one__limits="CLASSES = 10")
        assert load_rubric(made, "one").criteria[0].id == "a"

    def test_modules_of_one_name_are_not_mixed_up_between_exercises(self, tmp_path: Path) -> None:
        check = (
            "from grader.rubric.checks import OneHot as Plain\n\n\ndef OneHot(f, k):\n    return Plain(f, {n})\n"
        )
        made = course(
            tmp_path,
            one__rubric=WITH_MODULE,
            one__mychecks=check.format(n=4),
            two__rubric=WITH_MODULE,
            two__mychecks=check.format(n=5),
        )
        assert [load_rubric(made, e).criteria[0].check.classes for e in ("one", "two", "one")] == [4, 5, 4]  # type: ignore[attr-defined]

    def test_nothing_is_left_behind(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "dont_write_bytecode", False)
        made = course(tmp_path, one__rubric=WITH_MODULE, one__mychecks=MODULE, one__limits="CLASSES = 10")
        finders = list(sys.meta_path)
        load_rubric(made, "one")
        assert sys.meta_path == finders
        assert not {"mychecks", "limits"} & set(sys.modules)
        assert sorted(p.name for p in (tmp_path / "exercises" / "one").iterdir()) == [
            "limits.py",
            "mychecks.py",
            "rubric.py",
        ]

    def test_nothing_is_left_behind_by_one_that_breaks(self, tmp_path: Path) -> None:
        made = course(tmp_path, one__rubric=WITH_MODULE, one__mychecks="import limits\n1 / 0", one__limits="")
        finders = list(sys.meta_path)
        assert "ZeroDivisionError in mychecks.py, line 2: division by zero" in said(made)
        assert sys.meta_path == finders
        assert not {"mychecks", "limits"} & set(sys.modules)

    def test_the_stub_is_not_run_where_rubrics_are(self, tmp_path: Path) -> None:
        made = course(tmp_path, one__rubric=RUBRIC + "import submission\n", one__submission="raise SystemExit\n")
        assert "a rubric cannot import submission" in said(made)

    @pytest.mark.parametrize("name", ["random", "numpy", "grader"])
    def test_a_module_that_would_hide_another_is_refused(self, tmp_path: Path, name: str) -> None:
        made = course(tmp_path, one__rubric=RUBRIC, **{f"one__{name}": ""})
        assert f"{name}.py has the name of another Python module" in said(made)

    def test_a_package_beside_the_rubric_is_found_too(self, tmp_path: Path) -> None:
        made = course(tmp_path, one__rubric=RUBRIC + "from tools.deep import A\n")
        (tmp_path / "exercises" / "one" / "tools").mkdir()
        (tmp_path / "exercises" / "one" / "tools" / "__init__.py").write_text("")
        (tmp_path / "exercises" / "one" / "tools" / "deep.py").write_text("A = 1")
        assert load_rubric(made, "one").criteria
        assert not [name for name in sys.modules if name.startswith("tools")]

    def test_a_rubric_may_define_records_with_annotations_that_are_read_late(self, tmp_path: Path) -> None:
        late = "from __future__ import annotations\nfrom dataclasses import dataclass\n"
        record = "\n\n@dataclass\nclass Record:\n    x: int\n"
        assert load_rubric(course(tmp_path, one__rubric=late + RUBRIC + record), "one").criteria

    def test_a_change_within_the_same_second_and_of_the_same_length_is_seen(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sys, "dont_write_bytecode", False)
        made = course(tmp_path, one__rubric=RUBRIC)
        file = made.rubric_file("one")
        stamp = file.stat()
        load_rubric(made, "one")
        file.write_text(RUBRIC.replace('"one_hot", 10', '"one_hot", 11'))
        os.utime(file, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
        assert load_rubric(made, "one").criteria[0].check.classes == 11  # type: ignore[attr-defined]


class TestHash:
    """What an exercise is judged by decides whether `grader rescore` judges again."""

    @pytest.mark.parametrize("name", ["mychecks.py", "table.csv", "parts/more.csv"])
    def test_modules_and_data_count(self, tmp_path: Path, name: str) -> None:
        made = course(tmp_path, one__rubric=RUBRIC)
        before = made.rubric_hash("one")
        file = tmp_path / "exercises" / "one" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text("1")
        first = made.rubric_hash("one")
        file.write_text("2")
        assert len({before, first, made.rubric_hash("one")}) == 3
        last = made.rubric_hash("one")
        file.rename(file.with_name("x" + file.name))
        assert made.rubric_hash("one") not in {first, last}

    @pytest.mark.parametrize(
        "name", ["task.md", "task.de.md", "submission.py", "submission.ipynb", ".x.swp", "__pycache__/a.pyc"]
    )
    def test_what_students_get_and_what_is_hidden_does_not(self, tmp_path: Path, name: str) -> None:
        made = course(tmp_path, one__rubric=RUBRIC)
        before = made.rubric_hash("one")
        file = tmp_path / "exercises" / "one" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text("1")
        assert made.rubric_hash("one") == before


WRONG = {
    "no Python": ("RUBRIC = (", "cannot be read: SyntaxError in rubric.py, line 1: '(' was never closed", True),
    "an error": (RUBRIC + "\nprint(nothing)", "NameError in rubric.py, line 10: name 'nothing'", True),
    "it leaves": (RUBRIC + "\nraise SystemExit(0)", "SystemExit in rubric.py, line 10: 0", True),
    "no rubric": ("x = 1", "has to define RUBRIC = Rubric(...); it defines no RUBRIC.", True),
    "points": (RUBRIC.replace("100", "90"), "points add up to 90; total=100 expected.", False),
    "data that fail": (RUBRIC.replace("no_data,", "lambda: 1 / 0,"), "ZeroDivisionError in rubric.py", True),
    "no data": (RUBRIC.replace("no_data,", "dict,"), "data has to return a Data; received dict", True),
    "a table": (
        RUBRIC.replace("no_data,", 'Classes(Csv(__file__, "t.csv", predict="y")),').replace(
            "no_data", "Classes, Csv"
        ),
        "The rubric of one, rubric.py, line 7: t.csv cannot be read: ",
        True,
    ),
    "no labels": (
        RUBRIC.replace('OneHot("one_hot", 10)', 'Loads("load")').replace("OneHot", "Loads"),
        "no such arrays, neither in its data nor in its checks: x_all, y_all.",
        False,
    ),
    "no network's rows": (
        RUBRIC.replace('OneHot("one_hot", 10)', "Trains(Training())").replace("OneHot", "Training, Trains"),
        "no such arrays, neither in its data nor in its checks: x_train, x_val, y_train, y_val.",
        False,
    ),
    "no German": (RUBRIC.replace(', de="y"', ""), "rubric.py, line 6: Bilingual(...): de is missing.", True),
    "empty German": (RUBRIC.replace('de="y"', 'de=" "'), "title lacks a text in English or German.", False),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_with_a_rubric_is_a_sentence(case: str, tmp_path: Path) -> None:
    text, expected, unreadable = WRONG[case]
    made = course(tmp_path, one__rubric=text)
    assert expected in said(made)
    with pytest.raises(RubricFileError) as error:
        load_usable_rubric(made, "one")
    assert isinstance(error.value, RubricUnreadableError) is unreadable


def test_rows_that_networks_are_tested_on_have_to_be_there(tmp_path: Path) -> None:
    rows = 'lambda: Data({n: np.zeros((9, 2)) for n in ("x_train", "y_train", "x_val", "y_val")}, {}),'
    text = WRONG["no network's rows"][0].replace("no_data,", rows).replace("no_data", "Data")
    made = course(tmp_path, one__rubric="import numpy as np\n" + text)
    assert said(made).endswith("nor in its checks: x_test, y_test.")


def test_the_examiner_tells_it_and_goes_on_with_other_exercises(tmp_path: Path) -> None:
    made = course(tmp_path, one__rubric="RUBRIC = (", two__rubric=RUBRIC)
    with ExaminerClient() as examiner:
        with pytest.raises(UnusableRubricError) as error:
            examiner.plan(Question(course=str(made.folder), exercise="one"))
        assert "SyntaxError in rubric.py, line 1" in str(error.value)
        assert "Traceback" not in str(error.value)
        assert examiner.plan(Question(course=str(made.folder), exercise="two")).parcel


def test_a_rubric_that_is_mended_is_read_again(tmp_path: Path) -> None:
    made = course(tmp_path, one__rubric="RUBRIC = (")
    examiner, ask = Examiner(), MakePlan(Question(course=str(made.folder), exercise="one"))
    with pytest.raises(RubricFileError):
        examiner.answer(ask)
    course(tmp_path, one__rubric=RUBRIC)
    assert isinstance(examiner.answer(ask), RunPlan)


@pytest.mark.parametrize(("language", "ends"), [("en", "tell whoever made it."), ("de", "")])
def test_grader_check_says_it_without_a_traceback(tmp_path: Path, language: str, ends: str) -> None:
    course(tmp_path, one__rubric=RUBRIC + "\nprint(nothing)")
    file = tmp_path / "submission.py"
    file.write_text(make_script("x = 1\n", "x.py").units[0].source)
    done = grader("check", "one", file, "--course", tmp_path, "--plain", "--lang", language)
    assert done.returncode == ExitCode.NOT_GRADED
    assert "NameError in rubric.py" in done.stderr or language == "de"
    assert done.stderr.strip().endswith(ends)
    assert "Traceback" not in done.stderr
    assert not done.stdout
