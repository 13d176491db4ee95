"""Criteria that are selected by names: of criteria and of functions, with what they depend on."""

import pytest

from grader.core.course import Course
from grader.core.errors import UnknownCriterionError
from grader.rubric.loader import load_rubric
from grader.rubric.selection import list_functions, select_criteria
from grader.submission.exercise_match import read_stub_functions
from tests.helpers.paths import ROOT

COURSE = Course(ROOT)
DIGITS = load_rubric(COURSE, "digits")


def selected(*names: str) -> list[str]:
    chosen = select_criteria(DIGITS, names, "digits")
    assert chosen.total == sum(criterion.points for criterion in chosen.criteria)
    return [criterion.id for criterion in chosen.criteria]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ("split", ["split"]),
        ("Split", ["split"]),
        ("split()", ["split"]),
        ("one-hot scale", ["scale", "one_hot"]),
        ("class_counts", ["class_counts"]),
        ("accuracy", ["architecture", "accuracy"]),
        ("build_model", ["architecture"]),
        ("plot_features", ["figures"]),
    ],
)
def test_names_select_criteria_in_the_order_of_the_rubric(names: str, expected: list[str]) -> None:
    assert selected(*names.split()) == expected


def test_a_function_that_several_criteria_judge_selects_them_all() -> None:
    assert {"architecture", "training"} <= set(selected("train"))
    assert "split" not in selected("train")


def test_a_name_that_there_is_not_is_told_with_the_one_that_was_meant() -> None:
    with pytest.raises(UnknownCriterionError, match=r"no criterion and no function 'spit'. Did you mean split\?"):
        selected("scale", "spit")
    with pytest.raises(UnknownCriterionError, match="Its criteria: "):
        selected("zzzzzz")


@pytest.mark.parametrize("exercise", COURSE.exercises())
def test_each_function_of_a_stub_selects_something(exercise: str) -> None:
    rubric = load_rubric(COURSE, exercise)
    for function in read_stub_functions(COURSE, exercise):
        assert select_criteria(rubric, (function,), exercise).criteria
    assert all(list_functions(criterion) for criterion in rubric.criteria)
