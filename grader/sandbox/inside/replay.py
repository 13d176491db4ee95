"""Compute the outputs of a frozen graph, in an isolated process without a submission and without labels."""

from typing import Any

import numpy as np

from grader.protocol.evidence import NodeFacts, ReplayEvidence, TapFacts
from grader.protocol.plan import Replay
from grader.sandbox.inside.allowed_operations import forbidden
from grader.sandbox.inside.array_store import Store

MAX_NODES = 20_000
MAX_TAPS = 32  # activations of which the incoming values are recorded

_TAPPED = frozenset({"Relu", "Sigmoid", "Tanh"})


def replay(step: Replay, arrays: dict[str, np.ndarray[Any, Any]], store: Store) -> ReplayEvidence:
    """Run a frozen graph, if all of its operations are allowed, and record its nodes and outputs.

    Args:
        step: what to run.
        arrays: the arrays that the step names; `arrays[step.graph]` is the serialised GraphDef, as uint8.
        store: gets the arrays that the evidence names.

    Returns:
        The evidence. Never raises: where the graph cannot be run, the reason is in `problem`.
    """
    import tensorflow as tf

    try:
        graph = tf.compat.v1.GraphDef.FromString(arrays[step.graph].tobytes())
        nodes = tuple(
            NodeFacts(name=n.name, op=n.op, inputs=tuple(map(_strip_output, n.input)))
            for n in graph.node[:MAX_NODES]
        )
        functions = {f"function {f.signature.name}" for f in graph.library.function}
        _replace_constants(graph, {name: arrays[ref] for name, ref in step.constants.items()})
        refused = forbidden(nodes) | functions
        if refused or len(graph.node) > MAX_NODES:
            return ReplayEvidence(id=step.id, nodes=nodes, forbidden=tuple(sorted(refused)) or ("too many nodes",))
        constants = {
            n.name: store.add(tf.make_ndarray(n.attr["value"].tensor)) for n in graph.node if n.op == "Const"
        }
        wrapped = tf.compat.v1.wrap_function(lambda: tf.import_graph_def(graph, name=""), [])
        # The value that reaches an activation is its node's first input.
        taps = [(n.name, n.input[0]) for n in graph.node if n.op in _TAPPED][:MAX_TAPS]
        run = wrapped.prune(step.input_node, [step.output_node, *(_name_tensor(reached) for _, reached in taps)])
        results = [[value.numpy() for value in run(tf.constant(arrays[name]))] for name in step.inputs]
    except Exception as error:  # noqa: BLE001 - a graph that cannot be run is evidence, whatever is wrong with it
        return ReplayEvidence(id=step.id, problem=f"{type(error).__name__}: {error}"[:500])
    return ReplayEvidence(
        id=step.id,
        nodes=nodes,
        constants=constants,
        outputs=tuple(store.add(values[0]) for values in results),
        taps=tuple(_measure_tap(name, value) for (name, _), value in zip(taps, results[0][1:], strict=True)),
    )


def _replace_constants(graph: Any, values: dict[str, np.ndarray[Any, Any]]) -> None:
    """Replace the values of Const nodes. Raises `ValueError` where shape or kind of number differ."""
    import tensorflow as tf

    const_nodes = {node.name: node for node in graph.node if node.op == "Const"}
    for name, value in values.items():
        tensor = const_nodes[name].attr["value"].tensor
        old = tf.make_ndarray(tensor)
        if old.shape != value.shape or old.dtype.kind != value.dtype.kind:
            raise ValueError(f"{name} holds {old.dtype} {old.shape}; received {value.dtype} {value.shape}")
        tensor.CopyFrom(tf.make_tensor_proto(value.astype(old.dtype)))


def _strip_output(name: str) -> str:
    """Return the name of the node in an input: without the number of its output or the mark of a control edge."""
    return name.lstrip("^").split(":")[0]


def _name_tensor(name: str) -> str:
    return name if ":" in name else f"{name}:0"


def _measure_tap(node: str, values: np.ndarray[Any, Any]) -> TapFacts:
    flat = values.reshape(-1, values.shape[-1])
    return TapFacts(
        node=node,
        units=int(flat.shape[1]),
        never_positive=int((flat <= 0).all(axis=0).sum()),
        beyond_five=float((np.abs(flat) > 5).mean()),
    )
