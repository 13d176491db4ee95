"""No mistake of an author's passes: each gets its sentence, with the line, in both languages."""

import dataclasses
import doctest
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import grader.rubric
from grader.core.course import Course
from grader.core.declarations import Declared
from grader.core.errors import RubricError, RubricFileError
from grader.core.i18n import Translator
from grader.rubric import checks, data
from grader.rubric.loader import load_usable_rubric
from tests.rubric.author_mistakes import MISTAKES, RUBRIC, STUB


def course_with(folder: Path, rubric: str, stub: str | None = STUB) -> Course:
    exercise = folder / "exercises" / "tiny"
    exercise.mkdir(parents=True)
    (exercise / "rubric.py").write_text(rubric, encoding="utf-8")
    if stub is not None:
        (exercise / "submission.py").write_text(stub, encoding="utf-8")
    return Course(folder)


def test_the_exercise_that_they_are_made_in_is_right(tmp_path: Path) -> None:
    assert load_usable_rubric(course_with(tmp_path, RUBRIC), "tiny").rubric.total == 100


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_refused_with_its_line(name: str, tmp_path: Path) -> None:
    mistake = MISTAKES[name]
    with pytest.raises(RubricFileError) as error:
        load_usable_rubric(course_with(tmp_path, mistake.change()), "tiny")
    english, german = (Translator(language)(error.value.text) for language in ("en", "de"))
    assert mistake.sentence in english
    if (line := mistake.find_line()) is not None:
        assert f"rubric.py, line {line}: " in english
    assert german.startswith("Die Rubrik von tiny")
    assert "\n" not in english
    assert not re.search(r"Traceback|__init__|<class|TypeError|NameError|AttributeError|ImportError", english)


OWN_CHECK = """
from dataclasses import dataclass
from grader.rubric import Bilingual
from grader.rubric.checks import OneHot


@dataclass(frozen=True)
class Own(OneHot):
    odd: "whatever I like" = 1

    def __post_init__(self):
        super().__post_init__()
        if self.odd % 2 == 0:
            raise self.refuse(Bilingual(en="odd is even", de="odd ist gerade"), "odd")
"""


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ('Own(function="one_hot", classes=3)', ""),
        ('Own("one_hot", 3, odd=2)', "Die Rubrik von tiny, rubric.py, Zeile 27: odd ist gerade."),
        ('Own("one_hot", 1)', "rubric.py, Zeile 27: classes ist 1"),
    ],
)
def test_a_check_of_an_authors_own_refuses_in_both_languages(call: str, said: str, tmp_path: Path) -> None:
    rubric = MISTAKES["no check"].change().replace("check=None", f"check={call}")
    course = course_with(tmp_path, f"from mychecks import Own\n{rubric}")
    (tmp_path / "exercises" / "tiny" / "mychecks.py").write_text(OWN_CHECK, "utf-8")
    if not said:
        assert load_usable_rubric(course, "tiny")
        return
    with pytest.raises(RubricFileError) as error:
        load_usable_rubric(course, "tiny")
    assert said in Translator("de")(error.value.text)


def examples() -> Iterator[tuple[str, Declared, str]]:
    """Yield each public record as its docstring makes it, with the name of each of its parameters."""
    names: dict[str, Any] = {"np": np, "__file__": __file__}
    for module in (grader.rubric, checks, data):
        names |= {name: getattr(module, name) for name in module.__all__}
    for name, kind in list(names.items()):
        if isinstance(kind, type) and issubclass(kind, Declared):
            code = doctest.DocTestParser().get_examples(inspect.getdoc(kind) or "")
            for line in code[:-1]:
                exec(line.source, names)
            record = eval(code[-1].source, names)
            for parameter in inspect.signature(kind).parameters:
                if parameter not in {"seal", "stand_in", "results"}:
                    yield name, record, parameter


@pytest.mark.parametrize(("name", "record", "parameter"), [*examples()])
def test_no_parameter_takes_just_anything(name: str, record: Any, parameter: str) -> None:
    with pytest.raises(RubricError) as error:
        dataclasses.replace(record, **{parameter: object()})
    assert error.value.field == parameter, name
    assert Translator("en")(error.value.text).startswith(f"{parameter} is a object; ")


NUMBERS = [
    (name, record, parameter)
    for name, record, parameter in examples()
    if isinstance(getattr(record, parameter), int | float)
    and not isinstance(getattr(record, parameter), bool)
    and (name, parameter) != ("Criterion", "points")  # the rubric adds them up, and says what is wrong with one
]
# Any number of rows or features may be right until the data are known; of points, the sum decides.
UNLIMITED = {
    *(
        (name, "classes")
        for name in ("Task", "OneHot", "CountsClasses", "ConfusionMatrix", "Evaluates", "DescribesPictures")
    ),
    *((name, parameter) for name in ("Architecture",) for parameter in ("inputs", "outputs", "hidden")),
    *((name, "features") for name in ("Splits", "Scales", "Standardises", "Prepares")),
    *((name, part) for name in ("Classes", "Numbers") for part in ("val", "test")),
    ("Criterion", "bonus"),
    *(("Task", "parameters"), ("Scales", "largest"), ("SameLayers", "hidden"), ("NearScikitLearn", "border")),
    ("ParameterCount", "most"),
}
# A weight may begin below zero.
SIGNED = {("ConstantWeights", "kernel"), ("ConstantWeights", "bias")}


@pytest.mark.parametrize(
    ("record", "parameter", "number"),
    [
        (record, parameter, number)
        for name, record, parameter in NUMBERS
        for number in (-1, float("nan"), 10**9)
        if number != 10**9 or (name, parameter) not in UNLIMITED
        if number != -1 or (name, parameter) not in SIGNED
    ],
)
def test_a_number_is_not_negative_not_nan_and_in_its_unit(record: Any, parameter: str, number: float) -> None:
    with pytest.raises(RubricError):
        dataclasses.replace(record, **{parameter: number})
