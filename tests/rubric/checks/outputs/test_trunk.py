"""Layers that all outputs share have to count for each of them, on networks that are really built and trained."""

import numpy as np
import pytest

from grader.core.i18n import Translator
from grader.evidence.graph_ways import GraphWays
from grader.evidence.judgement import Judgement
from grader.evidence.run_evidence import ReplayResult
from grader.protocol.evidence import NodeFacts, ReplayEvidence
from grader.protocol.verdict import Status
from grader.rubric.checks import EachOutput, SharedTrunk, Trains
from tests.helpers.classroom import ROOMS
from tests.helpers.fruit import KIND, LOSSES, TRUNK, case_of_fruit, functional, train, with_replays_of

TRAINING = ROOMS["fruit"].trainings[0]
SHARED = SharedTrunk(TRAINING)
say = Translator("en")

TOWERS = """    first = layers.Dense(6, activation='relu')(x)
    second = layers.Dense(6, activation='relu')(x)
"""
JOINED = """    trunk = layers.Concatenate()([first, token])
    other = layers.Concatenate()([second, token])
"""
TO_OTHER = KIND.replace("(trunk)", "(other)")


def judge(build: str) -> Judgement:
    case = case_of_fruit(build)
    return SHARED.judge(with_replays_of(SHARED, case))


PRETENCES = {
    "a token": ("    token = 1e-6 * layers.Dense(1, use_bias=False)(x)\n" + TOWERS + JOINED, TO_OTHER),
    "the token of a layer that takes itself off": (
        "    one = layers.Dense(1, use_bias=False)\n    token = one(x) - one(0.9999 * x)\n" + TOWERS + JOINED,
        TO_OTHER,
    ),
    "a token beside layers that never learn": (
        "    x = layers.Dense(3, trainable=False)(x)\n    token = 1e-3 * layers.Dense(1)(x)\n" + TOWERS + JOINED,
        TO_OTHER,
    ),
    "the same number for all classes": (
        "    token = layers.Dense(1, use_bias=False)(x)\n" + TOWERS + JOINED,
        "layers.Softmax(name='kind')(layers.Dense(3)(second) + 9.0 * token)",
    ),
}


@pytest.mark.parametrize("name", PRETENCES)
def test_shared_layers_without_a_part_in_an_output_are_no_trunk(name: str) -> None:
    trunk, kind = PRETENCES[name]
    build = functional(trunk=trunk, kind=kind).replace("keras.Model(x,", "keras.Model(row,")
    build = build.replace("    x = keras.Input((3,))\n", "    row = x = keras.Input((3,))\n")
    judgement = judge(build)
    assert judgement.status is Status.FAILED
    assert not judgement.blocks
    assert "next to no part in the output" in say(judgement.message)
    assert "2% expected" in say(judgement.message)


def test_a_way_around_stop_gradient_that_carries_next_to_nothing_teaches_nothing() -> None:
    stopped = "    other = layers.Lambda(keras.ops.stop_gradient)(trunk) + 1e-6 * trunk\n"
    judgement = judge(functional(trunk=TRUNK + stopped, kind=TO_OTHER))
    assert judgement.status is Status.FAILED
    assert "stop_gradient keeps one of them" in say(judgement.message)


OWN_GRADIENT = """    import tensorflow as tf

    @tf.custom_gradient
    def own(value):
        return {result}, lambda *gradients: 0.0 * gradients[0]

    other = layers.Lambda(lambda value: {used})(trunk)
"""


@pytest.mark.parametrize(
    ("result", "used"),
    [
        ("1.0 * value", "own(value)"),
        ("(tf.zeros_like(value), 1.0 * value)", "own(value)[1]"),
        ("tf.abs(value)", "own(value) + 1e-6 * value"),
        ("value * tf.tanh(value)", "own(value)"),
        ("tf.abs(value) * tf.sigmoid(value)", "own(value)"),
    ],
)
def test_a_person_looks_where_a_function_has_a_gradient_of_its_own(result: str, used: str) -> None:
    judgement = judge(functional(trunk=TRUNK + OWN_GRADIENT.format(result=result, used=used), kind=TO_OTHER))
    assert judgement.status is Status.NOT_GRADED, say(judgement.message)
    assert "kind hangs on these through a function with a gradient of its own" in say(judgement.message)


HONEST = {
    "a function with a gradient of its own beside the trunk": (
        TRUNK + OWN_GRADIENT.format(result="1.0 * value", used="own(value) + value"),
        TO_OTHER,
    ),
    "silu in front of the heads": (TRUNK + "    other = layers.Dense(6, activation='silu')(trunk)\n", TO_OTHER),
    "silu as a function": (
        TRUNK + "    other = layers.Lambda(keras.activations.silu)(layers.Dense(6)(trunk))\n",
        TO_OTHER,
    ),
    "the input beside the trunk": (TRUNK + "    trunk = layers.Concatenate()([x, trunk])\n", KIND),
    "a residual": (
        (
            "    trunk = x + layers.Dense(3, activation='relu')(x)\n"
            "    trunk = trunk + layers.Dense(3, activation='tanh')(trunk)\n"
        ),
        KIND,
    ),
    "a branch of its own": (
        TRUNK + "    other = layers.Concatenate()([trunk, layers.Dense(6, activation='relu')(x)])\n",
        TO_OTHER,
    ),
    "a recurrent trunk": ("    trunk = layers.LSTM(6)(layers.Reshape((3, 1))(x))\n", KIND),
    "a convolution": (
        (
            "    trunk = layers.Conv1D(4, 2, activation='silu')(layers.Reshape((3, 1))(x))\n"
            "    trunk = layers.BatchNormalization()(layers.Flatten()(trunk))\n"
        ),
        KIND,
    ),
    "a stop_gradient before the trunk": (
        (
            "    trunk = layers.Lambda(keras.ops.stop_gradient)(layers.Dense(4)(x))\n"
            "    trunk = layers.Dense(6, activation='relu')(trunk)\n"
        ),
        KIND,
    ),
    "heads of two layers": (TRUNK, KIND.replace("(trunk)", "(layers.Dense(4, activation='relu')(trunk))")),
}


@pytest.mark.parametrize("name", HONEST)
def test_a_trunk_with_something_beside_it_is_one(name: str) -> None:
    trunk, kind = HONEST[name]
    judgement = judge(functional(trunk=trunk, kind=kind))
    assert judgement.status is Status.PASSED, say(judgement.message)


def test_without_the_replay_nobody_can_tell() -> None:
    judgement = SHARED.judge(case_of_fruit())
    assert judgement.status is Status.NOT_GRADED
    assert "cannot tell how much the answers depend on them" in say(judgement.message)


def test_what_only_has_to_be_computed_before_is_no_use_of_a_weight() -> None:
    nodes = (
        NodeFacts(name="x", op="Placeholder", inputs=()),
        NodeFacts(name="weight", op="Const", inputs=()),
        NodeFacts(name="other", op="Const", inputs=("weight",)),
        NodeFacts(name="read", op="Identity", inputs=("other", "weight")),
        NodeFacts(name="first", op="MatMul", inputs=("x", "weight")),
        NodeFacts(name="nothing", op="NoOp", inputs=("weight",)),
        NodeFacts(name="second", op="MatMul", inputs=("x", "read", "weight", "nothing")),
    )
    values = {"w": np.ones((3, 2)), "o": np.zeros((3, 2))}
    evidence = ReplayEvidence(id="r", nodes=nodes, constants={"weight": "w", "other": "o"})
    ways = GraphWays(ReplayResult(evidence, values))
    assert ways.find_uses({"first": values["w"]}) == ("first",)
    assert ways.find_uses({"second": values["o"]}) == ("second",)


# The training of each output.

TRAINS = EachOutput(Trains(TRAINING))


def test_an_output_whose_own_layers_never_learn_is_not_trained() -> None:
    frozen = functional(kind=KIND.replace("name=", "trainable=False, name="))
    judgement = TRAINS.judge(case_of_fruit(frozen))
    assert judgement.status is Status.FAILED
    message = say(judgement.message)
    assert message.startswith("Output kind: After train() the kernels that only this output uses (6×3)")


@pytest.mark.parametrize(
    "build",
    [
        functional(compiled=f"loss={LOSSES}, loss_weights=[0.1, 0.0]"),  # that is said elsewhere
        functional(price="layers.Lambda(lambda rows: rows[:, :1], name='price')(trunk)"),  # no layer of its own
        functional(kind=KIND.replace("(trunk)", "(layers.Dense(4, trainable=False)(trunk))")),
    ],
)
def test_one_layer_of_its_own_that_learns_is_enough(build: str) -> None:
    judgement = TRAINS.judge(case_of_fruit(build, train("[price, kind]")))
    assert judgement.status is Status.PASSED, say(judgement.message)
