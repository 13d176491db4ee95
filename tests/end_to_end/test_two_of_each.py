"""An exercise whose network has two inputs and two outputs, through the real walls: right and wrong solutions."""

import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from grader.core.course import Course
from grader.grading.grader import Grader
from grader.protocol.verdict import Verdict
from tests.helpers.plants import grade_plants
from tests.helpers.shared_worker import SharedWorker, start_grader
from tests.helpers.two_of_each_course import (
    INPUTS,
    INPUTS_BY_NAME,
    OUTPUTS_BY_NAME,
    build,
    subclass,
    use,
    write_course,
)

Grade = Callable[[str], Verdict]
BY_NAME = "height_out, kind_out = answer['height'], answer['kind']"
LOSSES, LOSSES_TURNED = "['mse', 'sparse_categorical_crossentropy']", "['sparse_categorical_crossentropy', 'mse']"


@pytest.fixture(scope="module")
def grader(shared_worker: SharedWorker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grader]:
    """Start the examiner once, for the worker that tests share."""
    if sys.platform != "linux":
        pytest.skip("the walls are Linux's")
    course = Course(write_course(tmp_path_factory.mktemp("course")))
    with start_grader(shared_worker, course) as started:
        yield started


@pytest.fixture
def grade(grader: Grader, tmp_path: Path) -> Grade:
    """Grade the code of a submission."""
    return partial(grade_plants, grader, tmp_path)


RIGHT = {
    "lists": build() + use(),
    "dicts": build(INPUTS_BY_NAME, OUTPUTS_BY_NAME) + use(INPUTS_BY_NAME, OUTPUTS_BY_NAME, BY_NAME),
    "lists, and dicts for fit": build() + use(INPUTS_BY_NAME, OUTPUTS_BY_NAME),
    "other orders, with names": build("[soil, numbers]", "[kind, height]", loss=LOSSES_TURNED)
    + use("[soil, numbers]", "[kind, height]", "kind_out, height_out = answer"),
    "class, list and tuple": subclass("numbers, soil = inputs", "(height, kind)", LOSSES) + use(),
    "class, dicts": subclass("numbers, soil = inputs['numbers'], inputs['soil']", OUTPUTS_BY_NAME)
    + use(INPUTS_BY_NAME, OUTPUTS_BY_NAME, BY_NAME),
}


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_network_gets_all_points_in_each_style(name: str, grade: Grade) -> None:
    verdict = grade(RIGHT[name])
    assert {c.id: c.message for c in verdict.criteria if c.status != "passed"} == {}
    assert (verdict.points, verdict.certified) == (100, True)
    assert not [hint.id for c in verdict.criteria for hint in c.hints if hint.severity != "tip"]


ALL = {
    *("inputs", "outputs", "used", "trunk", "balance", "height_output", "kind_output"),
    *("training", "r2", "accuracy", "scores"),
}
# Code, the criteria that lose points, one of them and what it says.
WRONG = {
    "other order of the inputs, without names": (
        build("[soil, numbers]", named=False, loss=LOSSES) + use("[soil, numbers]"),
        {"inputs", "outputs"},
        ("inputs", "takes the inputs in the order soil, numbers; numbers, soil is expected"),
    ),
    "other order of the outputs, without names": (
        subclass("numbers, soil = inputs", "(kind, height)", LOSSES_TURNED)
        + use(INPUTS, "[kind, height]", "kind_out, height_out = answer"),
        {"outputs"},
        ("outputs", "They come in another order"),
    ),
    "an input that is not used": (
        build(joined="[numbers, numbers]") + use(),
        {"used", "r2", "accuracy"},
        ("used", "What the network gives does not depend on soil"),
    ),
    "an output beside the trunk": (
        build(kind_from="joined") + use(),
        {"trunk"},
        ("trunk", "Output kind hangs on the input itself"),
    ),
    "answers taken for one another": (
        build() + use(read="kind_out, height_out = answer"),
        {"scores"},
        ("scores", 'as "height"'),
    ),
    "one output": (
        build(outputs="height", loss="'mse'") + use(y="height", read="height_out = kind_out = answer"),
        ALL,
        ("inputs", "these are expected: height, kind"),
    ),
    "one input": (
        build("numbers", joined="[numbers, numbers]") + use("numbers"),
        ALL,
        ("inputs", "The network has one input, but these are expected: numbers, soil"),
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_mistake_costs_its_own_criteria_and_is_named(name: str, grade: Grade) -> None:
    code, lost, (criterion, message) = WRONG[name]
    verdict = grade(code)
    messages = {c.id: c.message for c in verdict.criteria if c.status != "passed"}
    assert messages.keys() == lost, messages
    assert message in messages[criterion]
