"""Rubrics that cannot be right are refused when they are written."""

from typing import Any

import pytest

from grader.core.i18n import Bilingual
from grader.protocol.task import Task
from grader.rubric import Criterion, Rubric
from grader.rubric.checks import OneHot
from tests.helpers.cases import data

TITLE = Bilingual(en="One-hot", de="One-Hot")


def criterion(name: str = "one_hot", points: float = 100, **changes: Any) -> Criterion:
    return Criterion(id=name, points=points, title=TITLE, lesson=TITLE, check=OneHot("one_hot", 10), **changes)


def rubric(*criteria: Criterion, **changes: Any) -> Rubric:
    return Rubric(title=TITLE, task=Task("functions"), data=data, criteria=criteria, **changes)


def test_a_rubric() -> None:
    made = rubric(criterion("a", 40), criterion("b", 60, depends_on=("a",)))
    assert [c.id for c in made.criteria] == ["a", "b"]
    assert made.seeds == (0, 1, 2)
    assert rubric(criterion("a", 10), total=10).total == 10
    assert rubric(*(criterion(str(i), 0.1) for i in range(10)), total=1).total == 1


def test_a_list_and_a_range_are_as_right_as_a_tuple() -> None:
    anything: Any = [criterion()], range(2)
    made = Rubric(title=TITLE, task=Task("functions"), data=data, criteria=anything[0], seeds=anything[1])
    assert (type(made.criteria), made.seeds) == (tuple, (0, 1))


WRONG: dict[str, tuple[tuple[Criterion, ...], dict[str, Any], str]] = {
    "nothing": ((), {}, "checks nothing"),
    "twice": ((criterion("a", 50), criterion("a", 50)), {}, "named twice: a"),
    "unknown": ((criterion("a", depends_on=("b",)),), {}, "a depends on criteria that do not come before it: b"),
    "itself": ((criterion("a", depends_on=("a",)),), {}, "before it: a"),
    "later": ((criterion("a", 50, depends_on=("b",)), criterion("b", 50)), {}, "before it: b"),
    "no points": ((criterion("a", 0), criterion("b", 100)), {}, "a is worth 0 points"),
    "less than none": ((criterion("a", -5), criterion("b", 105)), {}, "a is worth -5 points"),
    "sum": ((criterion("a", 40),), {}, "add up to 40; total=100"),
    "no seeds": ((criterion(),), {"seeds": ()}, "one seed"),
}


@pytest.mark.parametrize("case", WRONG)
def test_rubrics_that_cannot_be_right(case: str) -> None:
    criteria, changes, said = WRONG[case]
    with pytest.raises(ValueError, match=said):
        rubric(*criteria, **changes)
