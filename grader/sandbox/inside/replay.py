"""Compute the outputs of a frozen graph, in an isolated process without a submission and without labels."""

import contextlib
import hashlib
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np

from grader.protocol.evidence import NodeFacts, ReplayEvidence, TailFacts, TapFacts
from grader.protocol.plan import Replay
from grader.sandbox.inside.allowed_operations import (
    WITHOUT_RESULT,
    find_dangerous_operations,
    find_table_lookups,
)
from grader.sandbox.inside.array_store import Store
from grader.sandbox.inside.graph_constants import store_constants
from grader.sandbox.inside.graph_function import GraphFunction
from grader.sandbox.inside.graph_nodes import (
    find_wrong_inputs,
    flatten,
    keep_needed,
    list_operations,
    name_of_node,
    rename_functions,
)
from grader.sandbox.inside.linear_maps import list_bent, measure_maps
from grader.sandbox.inside.output_tail import find_tail

MAX_NODES = 20_000
MAX_BENT = 32  # values of which it is found out whether they are linear in the input
MAX_TAPS = 32  # activations of which the incoming values are recorded
MAX_TAIL_NUMBERS = 4096  # for each row, of a tensor between the last kernels and the output

_TAPPED = frozenset({"Relu", "Sigmoid", "Tanh"})
_numbers = itertools.count()  # of the replays of this process
_BEYOND_TABLE = re.compile(r"indices\[[\d,]*\] = -?\d+ is not in \[0, \d+\)")
Arrays = Mapping[str, np.ndarray[Any, Any]]


def replay(step: Replay, arrays: Arrays, store: Store) -> ReplayEvidence:
    """Run a frozen graph, if all of its operations are harmless, and record its nodes and outputs.

    Args:
        step: what to run.
        arrays: the arrays that the step names; `arrays[step.graph]` is the serialised GraphDef, as uint8.
        store: gets the arrays that the evidence names.

    Returns:
        The evidence. Never raises: where the graph cannot be run, the reason is in `problem`.
    """
    import tensorflow as tf

    try:
        data = arrays[step.graph].tobytes()
        graph = tf.compat.v1.GraphDef.FromString(data)
        if len(graph.node) > MAX_NODES:
            return ReplayEvidence(id=step.id, forbidden=("too many nodes",))
        _silence(graph)
        keep_needed(graph, step.input_node, step.output_node)
        rename_functions(graph, f"replay_{next(_numbers)}_")
        dangerous = find_dangerous_operations(list_operations(graph)) | find_wrong_inputs(graph, step.input_node)
        if dangerous:
            return ReplayEvidence(id=step.id, forbidden=tuple(sorted(dangerous)))
        nodes, const_nodes = flatten(graph, MAX_NODES)
        _replace_constants(graph, {name: arrays[ref] for name, ref in step.constants.items()})
        lookups = find_table_lookups(nodes)
        if lookups:
            return ReplayEvidence(id=step.id, nodes=nodes, forbidden=tuple(sorted(lookups)))
        constants, placed = store_constants(const_nodes, data, store)
        function = GraphFunction(graph)
        # The value that reaches an activation is its node's first input.
        taps = [(n.name, n.input[0]) for n in graph.node if n.op in _TAPPED][:MAX_TAPS]
        run = function.prune(
            [step.input_node], [step.output_node, *(_name_tensor(reached) for _, reached in taps)]
        )
        results = [run(arrays[name]) for name in step.inputs]
        evidence = ReplayEvidence(
            id=step.id,
            nodes=nodes,
            constants=constants,
            placed=placed,
            graph=hashlib.sha256(data).hexdigest() if placed else "",
            outputs=(
                *(store.add(values[0]) for values in results),
                *map(store.add, _run_exchanged(function, step, arrays)),
            ),
            taps=tuple(
                _measure_tap(name, batches)
                for (name, _), *batches in zip(taps, *(values[1:] for values in results), strict=True)
            ),
        )
    except Exception as error:  # noqa: BLE001 - a graph that cannot be run is evidence, whatever is wrong with it
        text = str(error)
        if step.fixed_features and (beyond := _BEYOND_TABLE.search(text)):
            text = beyond[0]  # a category that a table does not have, at the end of a long traceback
        return ReplayEvidence(id=step.id, problem=f"{type(error).__name__}: {text}"[:500])
    if not step.logits or not step.inputs:
        return evidence
    with contextlib.suppress(Exception):  # a graph of one batch size, or of values that are no table
        names = [_name_tensor(name) for name in list_bent(graph)[:MAX_BENT]]
        maps = measure_maps(function, step.input_node, names, arrays[step.inputs[0]], step.fixed_features)
        evidence = msgspec.structs.replace(evidence, maps=tuple(map(store.add, maps)))
    try:
        tail = _choose_tail(graph, nodes, step)
        values = _run_tail(function, tail, step, arrays)
    except Exception:  # noqa: BLE001 - then it is not known what the tail computes, and all else is
        return evidence
    facts = tuple(TailFacts(node=name, values=store.add(value)) for name, value in zip(tail, values, strict=True))
    return msgspec.structs.replace(evidence, tail=facts)


def _silence(graph: Any) -> None:
    """Take out of a graph what prints or checks values: it gives nothing that is computed with."""
    for nodes in (graph.node, *(function.node_def for function in graph.library.function)):
        for node in nodes:
            if node.op in WITHOUT_RESULT:
                node.op = "NoOp"
                node.ClearField("input")
                node.ClearField("attr")


def _replace_constants(graph: Any, values: Arrays) -> None:
    """Replace the values of Const nodes. Raises `ValueError` where shape or kind of number differ."""
    import tensorflow as tf

    const_nodes = {node.name: node for node in graph.node if node.op == "Const"}
    for name, value in values.items():
        tensor = const_nodes[name].attr["value"].tensor
        old = tf.make_ndarray(tensor)
        if old.shape != value.shape or old.dtype.kind != value.dtype.kind:
            raise ValueError(f"{name} holds {old.dtype} {old.shape}; received {value.dtype} {value.shape}")
        tensor.CopyFrom(tf.make_tensor_proto(value.astype(old.dtype)))


def _choose_tail(graph: Any, nodes: Sequence[NodeFacts], step: Replay) -> list[str]:
    """Return the nodes from the last kernels to the output that give a single tensor of the graph itself."""
    own = {node.name for node in graph.node}
    of_several = {
        name_of_node(tensor)
        for node in graph.node
        for tensor in node.input
        if not tensor.endswith(":0") and ":" in tensor
    }
    tail = find_tail(nodes, name_of_node(step.input_node), name_of_node(step.output_node))
    return [name for name in tail if name in own and name not in of_several]


def _run_tail(
    function: GraphFunction, tail: list[str], step: Replay, arrays: Arrays
) -> list[np.ndarray[Any, Any]]:
    """Return what the nodes of a tail give when chosen numbers are put in place of the first.

    The numbers take the shape that the first one has for as many rows; columns are repeated where it has more.
    """
    if not tail:
        return []
    logits, x = arrays[step.logits], arrays[step.inputs[0]]
    rows = np.resize(x, (len(logits), *x.shape[1:]))
    tensors = [_name_tensor(name) for name in tail]
    (usual,) = function.prune([step.input_node], [tensors[0]])(rows)
    if usual.ndim == 0 or len(usual) != len(logits) or not 0 < usual[0].size <= MAX_TAIL_NUMBERS:
        raise ValueError(f"not one line for each row, but {usual.shape}")
    columns = np.arange(usual[0].size) % logits.shape[1]
    numbers = logits[:, columns].reshape(usual.shape).astype(usual.dtype)
    is_input = tensors[0] == step.input_node
    feeds = [tensors[0]] if is_input else [step.input_node, tensors[0]]
    run = function.prune(feeds, tensors[1:] or tensors)
    values = run(*([] if is_input else [rows]), numbers)
    return [numbers, *values] if tensors[1:] else values


def _run_exchanged(function: GraphFunction, step: Replay, arrays: Arrays) -> Iterator[np.ndarray[Any, Any]]:
    """Yield the outputs for the first rows, for each group of tensors with the values of the second rows."""
    if not step.exchanged:
        return
    rows, others = (arrays[name] for name in step.inputs)
    tensors = list(dict.fromkeys(tensor for group in step.exchanged for tensor in group))
    values = dict(zip(tensors, function.prune([step.input_node], tensors)(others), strict=True))
    for group in step.exchanged:
        run = function.prune([step.input_node, *group], [step.output_node])
        yield run(rows, *(values[tensor] for tensor in group))[0]


def _name_tensor(name: str) -> str:
    return name if ":" in name else f"{name}:0"


def _measure_tap(node: str, batches: Sequence[np.ndarray[Any, Any]]) -> TapFacts:
    """Return facts about what reaches an activation. `batches`: values of shape (rows, ..., units) each."""
    parts = [part.reshape(-1, part.shape[-1] if part.ndim else 1) for part in batches if part.size]
    if not parts or len({part.shape[1] for part in parts}) > 1:
        return TapFacts(node=node, units=0, never_positive=0, beyond_five=0.0)
    flat = np.concatenate(parts)
    return TapFacts(
        node=node,
        units=int(flat.shape[1]),
        never_positive=int((flat <= 0).all(axis=0).sum()),
        beyond_five=float((np.abs(flat) > 5).mean()),
    )
