"""An exercise whose network has two inputs, through the real walls: right, wrong and forged solutions."""

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
from tests.helpers.two_inputs_course import DICT, build, subclass, use, write_course

Grade = Callable[[str], Verdict]


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
    "functional, list": build() + use(),
    "functional, dict": build(DICT) + use(DICT),
    "functional, tuple, dict for fit": build("(numbers, soil)") + use(DICT),
    "one-hot, joined first": build(
        joined="layers.Concatenate()([numbers, layers.CategoryEncoding(3, output_mode='one_hot')(soil)])"
    )
    + use(),
    "class, list": subclass("numbers, soil = inputs") + use(),
    "class, dict": subclass("numbers, soil = inputs['numbers'], inputs['soil']") + use(DICT),
    "other order, with names": build("[soil, numbers]") + use("[soil, numbers]"),
}


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_network_gets_all_points_in_each_style(name: str, grade: Grade) -> None:
    verdict = grade(RIGHT[name])
    assert {c.id: c.message for c in verdict.criteria if c.status != "passed"} == {}
    assert (verdict.points, verdict.certified) == (100, True)
    assert not [hint.id for c in verdict.criteria for hint in c.hints if hint.severity != "tip"]


UNNAMED = {"numbers": "shape=(8,)", "soil": "shape=(1,)"}
ONE_INPUT = (
    "def build_model():\n    model = keras.Sequential([keras.Input((8,)), layers.Dense(24, activation='relu'),"
    " layers.Dense(3, activation='softmax')])\n"
    "    model.compile('adam', 'sparse_categorical_crossentropy')\n    return model\n"
)
# Units that hold training rows of one of the inputs, beside a few that learn.
MEMORY = (
    "def build_model():\n    numbers, soil = keras.Input((8,), name='numbers'), keras.Input((1,), name='soil')\n"
    "    held = layers.Dense(400, activation='relu', name='held')(numbers)\n"
    "    joined = layers.Concatenate()([held, layers.Flatten()(layers.Embedding(3, 3)(soil))])\n"
    "    model = keras.Model([numbers, soil], layers.Dense(3, activation='softmax')(joined))\n"
    "    model.compile('adam', 'sparse_categorical_crossentropy')\n    return model\n"
)
REMEMBER = use().replace(
    "    return model.fit(",
    "    model.get_layer('held').set_weights([numbers.T, np.zeros(400, 'float32')])\n"
    "    model.get_layer('held').trainable = False\n"
    "    model.compile('adam', 'sparse_categorical_crossentropy')\n    return model.fit(",
)
# Sends a graph of its own with a second input, whose value is a table of answers in the order of the rows.
FORGED = """
import sys
import tensorflow as tf

facts = sys.modules["grader.sandbox.inside.keras_facts"]


def forge(traced, store):
    graph = tf.Graph()
    with graph.as_default():
        rows = tf.compat.v1.placeholder(tf.float32, (None, 9), name="rows")
        table = np.eye(3, dtype="float32")[np.arange(2000) % 3]
        labels = tf.compat.v1.placeholder_with_default(table, (None, 3), name="labels")
        tf.add(labels[: tf.shape(rows)[0]], 0.0 * rows[:, :3], name="answers")
    ref = store.add(np.frombuffer(graph.as_graph_def().SerializeToString(), np.uint8))
    shapes = {"input_shape": (None, 9), "output_shape": (None, 3)}
    return (facts.GraphFacts(ref=ref, input_node="rows:0", output_node="answers:0", **shapes),)


facts.freeze = forge
"""
ALL = {"inputs", "architecture", "output", "training", "used", "accuracy", "probabilities"}
# Code, the criteria that give no point or only a part of their points, one of them and what it says.
WRONG = {
    "one input ignored": (
        build(joined="layers.Identity()(numbers)") + use(),
        {"used", "accuracy"},
        ("used", "What the network gives does not depend on soil"),
    ),
    "other order without names": (
        build("[soil, numbers]", **UNNAMED) + use("[soil, numbers]"),
        {"inputs"},
        ("inputs", "takes the inputs in the order soil, numbers; numbers, soil is expected"),
    ),
    "names swapped": (
        build(numbers="shape=(8,), name='soil'", soil="shape=(1,), name='numbers'") + use(),
        {"inputs"},
        ("inputs", "The names of the inputs are swapped: what has the shape of numbers is called soil"),
    ),
    "other keys": (
        build('{"n": numbers, "s": soil}', numbers="shape=(8,), name='n'", soil="shape=(1,), name='s'")
        + use('{"n": numbers, "s": soil}'),
        {"inputs"},
        ("inputs", "The network takes a dict with the keys n, s; numbers, soil are expected"),
    ),
    "only one input": (
        ONE_INPUT + use("numbers").replace("numbers, y_val", "numbers_val, y_val"),
        ALL,
        ("inputs", "The network has one input, but these are expected: numbers, soil"),
    ),
    "another shape": (
        build(numbers="shape=(7,), name='numbers'") + use(),
        {"inputs", "architecture", "output", "used", "accuracy"},
        (
            "inputs",
            "The input for numbers takes rows of the shape (7,), but each row of numbers has the shape (8,)",
        ),
    ),
    "rows of one input as weights": (MEMORY + REMEMBER, ALL, ("accuracy", "could not certify")),
    "a graph with a second input": (
        FORGED + build() + use(),
        ALL,
        ("inputs", "it does more than compute with numbers: a second input"),
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_network_loses_what_it_should_and_is_told_why(name: str, grade: Grade) -> None:
    code, lost, (criterion, sentence) = WRONG[name]
    verdict = grade(code)
    assert {c.id for c in verdict.criteria if c.points < c.max_points} == lost
    assert sentence in next(c.message for c in verdict.criteria if c.id == criterion)
    assert bool(verdict.certified) is ("architecture" not in lost)
