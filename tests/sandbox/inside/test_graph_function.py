"""Graphs whose large constants are given as arguments compute what they compute with them inside."""

import msgspec
import numpy as np
import pytest

from grader.sandbox.inside import graph_function
from grader.sandbox.inside.array_store import Store
from grader.sandbox.inside.replay import replay
from tests.sandbox.inside.test_replay import freeze


def make_model() -> object:
    import keras

    keras.utils.set_random_seed(1)
    return keras.Sequential(
        [
            keras.Input((3,)),
            keras.layers.Dense(8, activation="relu"),
            keras.layers.Dense(4, activation="softmax"),
        ]
    )


def test_a_replay_says_the_same_however_large_constants_are(monkeypatch: pytest.MonkeyPatch) -> None:
    step, arrays = freeze(make_model())
    inside, outside = Store(), Store()
    usual = replay(step, arrays, inside)
    monkeypatch.setattr(graph_function, "LARGE", 0)
    given = replay(step, arrays, outside)
    assert all((usual.outputs, usual.taps, usual.maps, usual.tail, usual.constants))
    assert given == usual
    assert outside.arrays.keys() == inside.arrays.keys()
    for name, values in inside.arrays.items():
        np.testing.assert_allclose(outside.arrays[name], values, rtol=1e-5, atol=1e-6, err_msg=name)


def test_weights_that_are_replaced_are_computed_with_also_as_arguments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graph_function, "LARGE", 0)
    step, arrays = freeze(make_model())
    before = Store()
    constants = replay(step, arrays, before).constants
    (kernel,) = [name for name, ref in constants.items() if before.arrays[ref].shape == (3, 8)]
    changed = msgspec.structs.replace(step, constants={kernel: "zero"})
    store = Store()
    evidence = replay(changed, arrays | {"zero": np.zeros((3, 8), np.float32)}, store)
    assert evidence.problem == ""
    outputs = store.arrays[evidence.outputs[0]]
    np.testing.assert_array_equal(outputs, np.repeat(outputs[:1], len(outputs), axis=0))


def test_large_constants_leave_the_graph() -> None:
    """Otherwise TensorFlow copies them with each function, until no memory is left."""
    import tensorflow as tf

    graph = tf.Graph()
    with graph.as_default():
        x = tf.compat.v1.placeholder(tf.float32, (None, 600), name="x")
        tf.matmul(x, tf.constant(np.eye(600, dtype=np.float32)), name="y")
    function = graph_function.GraphFunction(graph.as_graph_def())
    assert function.graph.ByteSize() < graph_function.LARGE
    rows = np.arange(1200, dtype=np.float32).reshape(2, 600)
    (result,) = function.prune(["x:0"], ["y:0"])(rows)
    np.testing.assert_array_equal(result, rows)
