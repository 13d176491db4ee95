"""Frozen graphs run again: as they are, with other weights, with loops, and with chosen numbers at their ends."""

import hashlib
from typing import Any

import numpy as np
import pytest

from grader.protocol.evidence import ModelFacts, ReplayEvidence
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
    return replay_of(facts, store, X)


def replay_of(
    facts: ModelFacts, store: Store, rows: np.ndarray[Any, Any]
) -> tuple[Replay, dict[str, np.ndarray[Any, Any]]]:
    """Return the replay of a network that was described, and its arrays."""
    assert facts.graph is not None
    step = Replay(
        id="r",
        graph="graph",
        input_node=facts.graph.input_node,
        output_node=facts.graph.output_node,
        inputs=("x",),
    )
    return step, {"graph": store.arrays[facts.graph.ref], "x": rows}


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


def freeze(model: Any, x: np.ndarray[Any, Any] = X) -> tuple[Replay, dict[str, np.ndarray[Any, Any]]]:
    from grader.evidence.heads import LOGITS
    from grader.sandbox.inside.keras_facts import describe

    store = Store()
    facts = describe(model, x, store)
    assert facts.graph is not None
    graph = facts.graph
    step = Replay(
        id="r",
        graph="graph",
        input_node=graph.input_node,
        output_node=graph.output_node,
        inputs=("x",),
        logits="logits",
    )
    return step, {"graph": store.arrays[graph.ref], "x": x, "logits": LOGITS}


def head_of(evidence: ReplayEvidence, arrays: dict[str, np.ndarray[Any, Any]]) -> Any:
    from grader.evidence.heads import identify_head

    return identify_head([arrays[fact.values] for fact in evidence.tail])


def test_a_recurrent_layer_is_read_and_run_like_any_other() -> None:
    import keras

    from grader.evidence.graph import summarise_graph

    model = keras.Sequential(
        [
            keras.Input((6,)),
            keras.layers.Reshape((3, 2)),
            keras.layers.LSTM(4),
            keras.layers.Dense(3, activation="softmax"),
        ]
    )
    x = np.linspace(-1, 1, 24, dtype=np.float32).reshape(4, 6)
    frozen = freeze(model, x)
    evidence, arrays = replayed(frozen)
    assert (evidence.problem, evidence.forbidden) == ("", ())
    np.testing.assert_allclose(arrays[evidence.outputs[0]], model(x), atol=1e-5)
    summary = summarise_graph(evidence, arrays, frozen[0].output_node)
    assert {kernel.shape for _, kernel in summary.kernels} == {(2, 16), (4, 16), (4, 3)}
    assert summary.hidden == 2  # both kernels of the recurrent layer
    assert head_of(evidence, arrays).name == "softmax"


def freeze_loop(step: Any) -> tuple[Replay, dict[str, np.ndarray[Any, Any]]]:
    """Freeze three rounds of a step, in functions called f0 and f1, as those of any process may be."""
    import keras
    import tensorflow as tf

    def rounds(z: Any) -> Any:
        return tf.while_loop(lambda i, _: i < 3, lambda i, v: (i + 1, step(v)), [0, z])[1]

    frozen, arrays = freeze(keras.Sequential([keras.Input((3,)), keras.layers.Lambda(rounds)]))
    graph = tf.compat.v1.GraphDef.FromString(arrays["graph"].tobytes())
    names = {f.signature.name: f"f{number}" for number, f in enumerate(graph.library.function)}
    for function in graph.library.function:
        function.signature.name = names[function.signature.name]
    for value in (value for node in graph.node for value in node.attr.values() if value.HasField("func")):
        value.func.name = names[value.func.name]
    return frozen, arrays | {"graph": np.frombuffer(graph.SerializeToString(), np.uint8)}


def test_functions_of_one_name_in_two_graphs_do_not_meet() -> None:
    import tensorflow as tf

    tanh, double = freeze_loop(tf.tanh), freeze_loop(lambda v: 2.0 * v)
    for frozen, expected in ((tanh, np.tanh(np.tanh(np.tanh(X)))), (double, 8 * X)):
        evidence, arrays = replayed(frozen)
        assert evidence.problem == ""
        np.testing.assert_allclose(arrays[evidence.outputs[0]], expected, atol=1e-5)


def test_the_end_of_a_graph_is_run_on_chosen_numbers() -> None:
    import keras
    import tensorflow as tf

    dense = keras.layers.Dense
    heads = {
        "sigmoid": lambda z: 1.0 / (1.0 + tf.exp(-z)),
        "relu": lambda z: tf.where(z > 0, z, 0.0),
        "linear": lambda z: tf.debugging.assert_all_finite(z, "") + 1.0,
        "softmax over the rows": lambda z: tf.nn.softmax(z, axis=0),
    }
    for name, head in heads.items():
        evidence, arrays = replayed(freeze(keras.Sequential([keras.Input((3,)), dense(2, activation=head)])))
        found = head_of(evidence, arrays)
        assert found is not None, (name, evidence.problem, evidence.forbidden)
        assert found.name == name
    nested = keras.Sequential([dense(2), keras.layers.BatchNormalization(), keras.layers.Softmax()])
    wrapped = keras.Sequential(
        [keras.Input((3,)), nested, keras.layers.Reshape((2, 1)), keras.layers.Reshape((2,))]
    )
    assert head_of(*replayed(freeze(wrapped))).name == "softmax"


def test_ways_that_come_together_are_followed_from_where_they_meet() -> None:
    import keras

    from grader.evidence.graph import summarise_graph

    rows = keras.Input((3,))
    ways = [keras.layers.Dense(1, activation="sigmoid")(rows) for _ in range(2)]
    frozen = freeze(keras.Model(rows, keras.layers.Average()(ways)))
    evidence, arrays = replayed(frozen)
    assert head_of(evidence, arrays).name == "linear"
    assert summarise_graph(evidence, arrays, frozen[0].output_node).bends_before_tail


def test_a_relu_of_a_single_number_or_of_nothing_is_no_crash() -> None:
    import keras
    import tensorflow as tf

    for strange in (lambda z: z + tf.nn.relu(tf.reduce_sum(z)), lambda z: z + tf.reduce_sum(tf.nn.relu(z[:, :0]))):
        evidence, _ = replayed(freeze(keras.Sequential([keras.Input((3,)), keras.layers.Lambda(strange)])))
        assert evidence.problem == ""
        assert len(evidence.outputs) == 1


def test_python_in_a_graph_is_not_run() -> None:
    import keras
    import tensorflow as tf

    calls: list[int] = []

    def spy(v: Any) -> Any:
        calls.append(1)
        return v

    own = keras.layers.Lambda(lambda z: tf.ensure_shape(tf.numpy_function(spy, [z], tf.float32), (None, 3)))
    frozen = freeze(keras.Sequential([keras.Input((3,)), own]))
    calls.clear()
    evidence, _ = replayed(frozen)
    assert evidence.forbidden == ("PyFunc",)
    assert evidence.outputs == ()
    assert calls == []


def test_what_layers_make_of_the_input_together_is_measured() -> None:
    import keras

    layers = keras.layers
    first, second = layers.Dense(5), layers.Dense(4, activation="relu")
    model = keras.Sequential([keras.Input((3,)), first, second, layers.Dense(2, activation="softmax")])
    model.compile("adam", "mse")
    second.bias.assign([1.0, 2.0, 3.0, 4.0])
    evidence, arrays = replayed(freeze(model))
    (found,) = (arrays[ref] for ref in evidence.maps)  # behind the relu, nothing is linear any more
    kernel = np.asarray(first.kernel) @ np.asarray(second.kernel)
    np.testing.assert_allclose(found, np.concatenate([kernel, [[1.0, 2.0, 3.0, 4.0]]]).T, atol=1e-5)


# Large constants.


def large_network() -> tuple[Replay, dict[str, np.ndarray[Any, Any]]]:
    """Return the replay of a network with one constant of 2 MiB and small ones, and its arrays."""
    import keras

    from grader.sandbox.inside.keras_facts import describe

    keras.utils.set_random_seed(0)
    rows, store = np.ones((2, 512), np.float32), Store()
    layers = [keras.Input((512,)), keras.layers.Dense(1024), keras.layers.Dense(3)]
    facts = describe(keras.Sequential(layers), rows, store)
    return replay_of(facts, store, rows)


def test_a_large_constant_is_not_sent_a_second_time() -> None:
    from grader.evidence.placed_arrays import read_placed

    frozen = large_network()
    evidence, arrays = replayed(frozen)
    assert evidence.problem == ""
    assert evidence.graph == hashlib.sha256(frozen[1]["graph"].tobytes()).hexdigest()
    (ref,) = evidence.placed
    assert ref not in arrays
    assert sum(array.nbytes for array in arrays.values()) < 1 << 20
    everything = {**read_placed(evidence, frozen[1]["graph"]), **arrays}
    values = [everything[ref] for ref in evidence.constants.values()]
    first, second = (next(v for v in values if v.shape == shape) for shape in ((512, 1024), (1024, 3)))
    np.testing.assert_allclose(everything[evidence.outputs[0]], frozen[1]["x"] @ first @ second, rtol=1e-4)


def test_a_large_constant_that_was_replaced_is_sent() -> None:
    frozen = large_network()
    evidence, _arrays = replayed(frozen)
    (large,) = (name for name, ref in evidence.constants.items() if ref in evidence.placed)
    other = np.full((512, 1024), 0.5, np.float32)
    again, arrays = replayed(frozen, **{large.replace("/", "__"): other})
    assert again.problem == ""
    assert dict(again.placed) == {}
    np.testing.assert_array_equal(arrays[again.constants[large]], other)
