"""A chain of Dense layers is judged by its frozen graph; that its activations are layers, by what it says."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from grader.core.errors import RubricError
from grader.evidence.judgement import Judgement
from grader.evidence.layer_values import compute_layer_values
from grader.evidence.network import read_network
from grader.examiner.exhibits import make_exhibits
from grader.protocol.evidence import LayerFacts
from grader.protocol.task import Task
from grader.protocol.training import Training as Steps
from grader.protocol.verdict import Status
from grader.rubric.checks import Chain
from grader.rubric.checks.base import Shows
from tests.helpers.cases import Net, Training, case, compiled, data, judged, plain, say, text

CHAIN = Chain(Steps(), sizes=(64, 32, 10))


def layer(kind: str, activation: str = "linear") -> LayerFacts:
    return LayerFacts(name=kind.lower(), kind=kind, path="", activation=activation)


APART = (layer("Dense"), layer("Activation", "relu"), layer("Dense"), layer("Softmax", "softmax"))
FUSED = (layer("Dense", "relu"), layer("Dense", "softmax"))


def judge(make: Callable[[Net], str], layers: Any = APART) -> Judgement:
    return judged(CHAIN, Training(make, claims={"layers": layers}).case())


def unbiased(net: Net) -> str:
    hidden = net.act(net.kernel(net.x, net.random.normal(0, 0.3, (64, 32))), "Relu")
    return net.dense(hidden, 10, "Softmax")


def parallel(net: Net) -> str:
    first, second = net.dense(net.x, 32, "Relu"), net.dense(net.x, 10, "Relu")
    return net.act(net.op("AddV2", np.add, net.dense(first, 10), second), "Softmax")


def pictures(net: Net) -> str:
    return net.op("Reshape", lambda v: v.reshape(len(v), 5, 2), plain()(net))


def test_a_chain_with_layers_for_its_activations_is_right() -> None:
    judgement = judge(plain())
    assert judgement.status is Status.PASSED, text(judgement.message)
    assert "The network is 64-32-10" in text(judgement.message)


WRONG: dict[str, tuple[Callable[[Net], str], Any, float, str]] = {
    "fused": (plain(), FUSED, 0.5, "Layers that are an activation: 0; expected: 2"),
    "one fused": (plain(), (FUSED[0], *APART[2:]), 0.5, "Layers that are an activation: 1;"),
    "functions in call": (plain(), (APART[0], APART[2]), 0.5, "keras.layers.Activation(...)"),
    "another size": (lambda net: net.dense(net.dense(net.x, 16, "Relu"), 10, "Softmax"), APART, 0, "64-16-10."),
    "one layer more": (
        lambda net: net.dense(net.dense(net.dense(net.x, 32, "Relu"), 32, "Relu"), 10, "Softmax"),
        APART,
        0,
        "Received: 64-32-32-10.",
    ),
    "other ways": (parallel, APART, 0, "other weights besides"),
    "pictures": (pictures, APART, 0, "with outputs of the shape (None, 5, 2)"),
    "tanh": (plain(hidden="Tanh"), APART, 0, "Expected relu behind Dense layer 1. Received: tanh."),
    "nothing between": (plain(hidden=""), APART, 0, "Expected relu behind Dense layer 1. Received: linear."),
    "no bias": (unbiased, APART, 0, "has no bias"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_such_chain_loses_points_and_says_why(name: str) -> None:
    make, layers, share, said = WRONG[name]
    judgement = judge(make, layers)
    assert said in text(judgement.message)
    assert judgement.share == share


def test_an_end_that_does_not_fit_the_loss_is_left_to_the_check_of_both() -> None:
    for activation in ("Sigmoid", ""):
        layers = APART if activation else APART[:3]
        judgement = judge(plain(activation), layers)
        assert judgement.status is Status.PASSED, text(judgement.message)


def test_a_loss_that_takes_logits_does_not_replace_the_layer_with_softmax() -> None:
    claims = {"layers": APART[:3]}
    made = Training(plain(""), loss=compiled(from_logits=True), claims=claims).case()
    assert "Expected softmax at the end. Received: linear." in text(judged(CHAIN, made).message)


def test_only_other_outputs_leave_nothing_else_to_judge() -> None:
    assert not judge(plain(hidden="Tanh")).blocks
    assert not judge(WRONG["another size"][0]).blocks
    assert judge(plain(units=9)).blocks


@pytest.mark.parametrize("sizes", [(64, 32, 9), (63, 32, 10), (64,)])
def test_sizes_that_do_not_fit_the_data_are_refused(sizes: tuple[int, ...]) -> None:
    task = Task(kind="classification", classes=10)
    CHAIN.check_exercise(task, data())
    with pytest.raises(RubricError, match="task 10 classes"):
        Chain(Steps(), sizes=sizes).check_exercise(task, data())


# What the report shows of a row.


def small(net: Net) -> str:
    """A chain that is small enough to be shown."""
    first = np.random.default_rng(1).normal(0, 1, (64, 8))
    return net.dense(net.dense(net.x, 8, "Relu", first), 10, "Softmax")


def walk(make: Callable[[Net], str], rows: int = 8) -> list[tuple[str, Any]]:
    """The layers of a network for the first columns of a row."""
    made = Training(make).case()
    model = read_network(made, Steps(), 0).after
    assert model is not None
    row = made.inside["x_val"][0]
    return compute_layer_values(made, "trained:train@0", model, row[:rows], model.outputs["x_val"][0])


def narrow(kernel: Any = None) -> Callable[[Net], str]:
    """A chain of three layers behind the first eight columns of a row."""

    def make(net: Net) -> str:
        first = net.op("StridedSlice", lambda v: v[:, :8], net.x)
        hidden = net.dense(first, 4, "Relu", kernel)
        return net.dense(hidden, 10, "Softmax")

    return make


def test_the_values_after_each_layer_are_those_of_the_graph() -> None:
    values = walk(narrow())
    assert [name for name, _numbers in values] == ["", "Dense", "relu", "Dense", "softmax"]
    assert [numbers.shape for _name, numbers in values] == [(8,), (4,), (4,), (10,), (10,)]
    assert np.array_equal(np.maximum(values[1][1], 0), values[2][1])
    assert values[-1][1].sum() == pytest.approx(1)


@pytest.mark.parametrize(
    "make",
    [small, lambda net: net.act(net.op("Sin", np.sin, narrow()(net)), "Softmax"), plain()],
    ids=["wide rows", "something else at the end", "wide layers"],
)
def test_nothing_is_shown_of_a_network_that_computes_something_else(make: Callable[[Net], str]) -> None:
    assert walk(make) == []


def test_a_report_shows_it_where_the_rubric_is_about_it() -> None:
    made = Training(narrow()).case()
    made = replace(made, inside={**made.inside, "x_val": made.inside["x_val"][:, :8]})
    assert make_exhibits(made, data(), say).walkthrough is None
    shown = make_exhibits(made, data(), say, shows=Shows(layer_values=True)).walkthrough
    assert shown is not None
    assert [layer.layer for layer in shown.layers] == ["", "Dense", "relu", "Dense", "softmax"]
    assert shown.labels == tuple("0123456789")
    assert shown.labels[int(np.argmax(shown.layers[-1].values))] == shown.true  # of the rows, one that is right
    for nothing in (case(), Training(plain()).case()):
        assert make_exhibits(nothing, data(), say, shows=Shows(layer_values=True)).walkthrough is None
