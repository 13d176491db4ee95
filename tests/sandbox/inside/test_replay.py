"""Frozen graphs run again: as they are, and with other weights in place of their own."""

from typing import Any

import numpy as np
import pytest

from grader.protocol.evidence import ReplayEvidence
from grader.protocol.plan import Replay
from grader.sandbox.inside.array_store import Store

X = np.linspace(-1, 1, 12, dtype=np.float32).reshape(4, 3)


@pytest.fixture(scope="module")
def frozen() -> tuple[Any, dict[str, np.ndarray[Any, Any]]]:
    """Freeze a Dense layer; returns the step that replays it, and its arrays."""
    import keras

    from grader.sandbox.inside.keras_facts import describe

    keras.utils.set_random_seed(0)
    store = Store()
    facts = describe(keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)]), X, store)
    assert facts.graph is not None
    step = Replay(
        id="r",
        graph="graph",
        input_node=facts.graph.input_node,
        output_node=facts.graph.output_node,
        inputs=("x",),
    )
    return step, {"graph": store.arrays[facts.graph.ref], "x": X}


def replayed(
    frozen: tuple[Replay, dict[str, np.ndarray[Any, Any]]], **values: np.ndarray[Any, Any]
) -> tuple[ReplayEvidence, dict[str, np.ndarray[Any, Any]]]:
    from msgspec.structs import replace

    from grader.sandbox.inside.replay import replay

    step, arrays = frozen
    store = Store()
    constants = {name.replace("__", "/"): name for name in values}
    return replay(replace(step, constants=constants), arrays | values, store), store.arrays


def constants(frozen: Any) -> dict[int, tuple[str, np.ndarray[Any, Any]]]:
    """Return kernel and bias by their number of axes, each with the name of its node."""
    evidence, arrays = replayed(frozen)
    held = {name: arrays[ref] for name, ref in evidence.constants.items() if arrays[ref].dtype.kind == "f"}
    return {value.ndim: (name, value) for name, value in held.items()}


def test_a_graph_computes_with_its_own_weights(frozen: Any) -> None:
    (_, kernel), (_, bias) = constants(frozen)[2], constants(frozen)[1]
    evidence, arrays = replayed(frozen)
    np.testing.assert_allclose(arrays[evidence.outputs[0]], X @ kernel + bias, atol=1e-6)


def test_a_graph_computes_with_other_weights_in_their_place(frozen: Any) -> None:
    found = constants(frozen)
    kernel, bias = np.arange(6.0).reshape(3, 2), np.array([5.0, -5.0])
    others = {found[2][0].replace("/", "__"): kernel, found[1][0].replace("/", "__"): bias}
    evidence, arrays = replayed(frozen, **others)
    assert evidence.problem == ""
    np.testing.assert_allclose(arrays[evidence.outputs[0]], X @ kernel + bias, atol=1e-6)
    again, untouched = replayed(frozen)
    np.testing.assert_allclose(untouched[again.outputs[0]], X @ found[2][1] + found[1][1], atol=1e-6)


@pytest.mark.parametrize("value", [np.zeros((2, 3)), np.zeros((3, 2), dtype=int)], ids=["shape", "kind"])
def test_weights_that_do_not_fit_are_a_problem_and_no_crash(frozen: Any, value: np.ndarray[Any, Any]) -> None:
    evidence, _ = replayed(frozen, **{constants(frozen)[2][0].replace("/", "__"): value})
    assert "received" in evidence.problem
    assert evidence.outputs == ()


def test_a_weight_that_is_not_there_is_a_problem_and_no_crash(frozen: Any) -> None:
    evidence, _ = replayed(frozen, nobody=np.zeros(3))
    assert "nobody" in evidence.problem
