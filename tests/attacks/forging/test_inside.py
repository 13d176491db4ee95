"""Forgeries that are stopped where graphs are run, and where objects are described."""

from typing import Any

import numpy as np
import pytest

from grader.core.arrays import Array
from grader.protocol.evidence import ReplayEvidence
from grader.protocol.plan import Replay
from grader.sandbox.inside import child, inner_models, replay
from grader.sandbox.inside.array_store import Store

X = np.linspace(-1, 1, 12, dtype=np.float32).reshape(4, 3)
TABLE = np.arange(8.0, dtype=np.float32)


def run(compute: Any, **changes: Any) -> tuple[ReplayEvidence, dict[str, Array]]:
    """Replay a graph that computes something of its input `x`, with other names of its input than it has."""
    import tensorflow as tf

    graph = tf.Graph()
    with graph.as_default():
        compute(tf.compat.v1.placeholder(tf.float32, (None, 3), name="x"))
    packed = np.frombuffer(graph.as_graph_def().SerializeToString(), np.uint8)
    store = Store()
    step = Replay(id="r", graph="g", **{"input_node": "x:0", "output_node": "y:0", "inputs": ("rows",), **changes})
    return replay.replay(step, {"g": packed, "rows": X}, store), store.arrays


def fed_in_the_middle(_x: Any) -> None:
    """Answers what it holds, whatever the rows are: they go in at a place that nothing is computed from."""
    import tensorflow as tf

    tf.constant(np.zeros((4, 3), np.float32), name="middle")
    tf.constant(TABLE[:4, None], name="y")


def second_input(x: Any) -> None:
    """Has an input that gets the rows, and computes from another one that has a table as its value."""
    import tensorflow as tf

    table = tf.compat.v1.placeholder_with_default(TABLE[:4, None], (None, 1), name="table")
    tf.identity(table + 0.0 * x[:, :1], name="y")


def look_up(x: Any) -> None:
    """Looks answers up by a number that it computes from a whole row."""
    import tensorflow as tf

    tf.gather(tf.constant(TABLE), tf.cast(tf.abs(tf.reduce_sum(x, 1)), tf.int32), name="y")


def test_a_graph_that_is_fed_in_the_middle_is_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    evidence, _ = run(fed_in_the_middle, input_node="middle:0")
    assert "an input that is none" in evidence.forbidden
    monkeypatch.setattr(replay, "find_wrong_inputs", lambda *_: frozenset())
    found, arrays = run(fed_in_the_middle, input_node="middle:0")
    np.testing.assert_array_equal(arrays[found.outputs[0]][:, 0], TABLE[:4])


def test_a_graph_with_a_second_input_is_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    evidence, _ = run(second_input)
    assert evidence.forbidden == ("a second input",)
    monkeypatch.setattr(replay, "find_wrong_inputs", lambda *_: frozenset())
    found, arrays = run(second_input)
    np.testing.assert_array_equal(arrays[found.outputs[0]][:, 0], TABLE[:4])


def test_a_graph_that_looks_rows_up_is_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    evidence, _ = run(look_up)
    assert evidence.forbidden == ("GatherV2 by value",)
    monkeypatch.setattr(replay, "find_table_lookups", lambda *_, **__: frozenset())
    assert run(look_up)[0].outputs


def test_numbers_in_functions_are_reported_once() -> None:
    import tensorflow as tf

    def twice(x: Any) -> None:
        def multiply(rows: Any) -> Any:
            return rows @ tf.constant(TABLE[:6].reshape(3, 2)) @ tf.constant(np.ones((2, 3), np.float32))

        inner = tf.function(multiply, input_signature=[tf.TensorSpec((None, 3))])
        tf.identity(inner(inner(x)), name="y")

    evidence, arrays = run(twice)
    held = [ref for name, ref in evidence.constants.items() if arrays[ref].shape == (3, 2)]
    assert len(held) == 2
    assert len(set(held)) == 1


def test_a_model_that_says_it_is_of_another_class_is_what_it_is() -> None:
    import keras

    members = {"__class__": property(lambda _model: keras.Sequential)}
    model = type("Disguised", (keras.Model,), members)()
    assert isinstance(model, keras.Sequential)  # so that is no way to ask
    assert inner_models.name_style(model) == "subclassed"


def test_arguments_that_changed_are_noticed_whatever_numpy_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(np, "array_equal", lambda *_, **__: True)
    assert child._differ(np.array([1.0, 2.0]), np.array([1.0, 3.0]))
    assert not child._differ(np.array([np.nan, 2.0]), np.array([np.nan, 2.0]))
    assert child._differ(np.zeros((2, 1)), np.zeros(2))
