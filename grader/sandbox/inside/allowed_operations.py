"""Find the operations of a frozen graph that are dangerous to run, and those that look rows up in a table.

What may be run is not a list of names: TensorFlow's own registry says of each operation whether it keeps state and
what it takes and gives. An operation that only computes numbers from numbers may be run, whatever it is called.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from grader.protocol.evidence import NodeFacts
from grader.protocol.graph_operations import SHAPE_OPERATIONS

# Operations that run functions of the graph, with the attributes that name these. The functions are judged like
# the graph. Some count as stateful because a function may be; loops end at the time limit of a replay.
FUNCTION_CALLS = {
    "PartitionedCall": ("f",),
    "StatefulPartitionedCall": ("f",),
    "If": ("then_branch", "else_branch"),
    "StatelessIf": ("then_branch", "else_branch"),
    "Case": ("branches",),
    "StatelessCase": ("branches",),
    "While": ("cond", "body"),
    "StatelessWhile": ("cond", "body"),
}
# What prints or checks values. It is left out of the graph that is run: nothing that is computed depends on it.
WITHOUT_RESULT = frozenset({"Assert", "PrintV2"})

# Stateful in the registry, so that no optimizer leaves them out, but they only hand numbers on.
_HARMLESS = frozenset({"CheckNumerics", "CheckNumericsV2", "Placeholder"})
# Stateless in the registry, numbers in and numbers out, but dangerous all the same: they call Python, map a file,
# end the process, or wait for others.
_DANGEROUS_NAMES = """PyFuncStateless ImmutableConst Abort Batch Unbatch UnbatchGrad CustomAggregator HostConst
    Relayout CheckPinned GetDeadline InfeedEnqueuePrelinearizedBuffer"""
_DANGEROUS = frozenset(_DANGEROUS_NAMES.split())
# Loops and branches that are not functions: only graphs that the grader has not frozen hold them.
_OLD_CONTROL_FLOW_NAMES = """Enter Exit Switch Merge NextIteration LoopCond ControlTrigger"""
_OLD_CONTROL_FLOW = frozenset(_OLD_CONTROL_FLOW_NAMES.split())
# Debuggers, other devices, compilers, data sets: they open connections and files, or run what is not in the graph.
_DANGEROUS_BEGINNINGS = ("_", "Copy", "Debug", "DTensor", "Experimental", "GetTpu", "Mlir", "TPU", "Xla")

# The inputs of an operation that are positions. Where those depend on the numbers of a row, it is a table look-up.
_POSITION_INPUTS: dict[str, slice] = {
    "Gather": slice(1, None),
    "GatherV2": slice(1, None),
    "GatherNd": slice(1, None),
    "StridedSlice": slice(1, None),
    "Slice": slice(1, None),
    "Tile": slice(1, None),
    "ReverseV2": slice(1, None),
    "Transpose": slice(1, None),
    "Range": slice(0, None),
    "Split": slice(0, 1),
    "SplitV": slice(1, None),
    "Fill": slice(0, 1),
    "TensorListGetItem": slice(1, None),
    "TensorListGather": slice(1, None),
}


def find_dangerous_operations(operations: Iterable[str]) -> frozenset[str]:
    """Return the operations that are not run: what is not known to be harmless is dangerous."""
    return frozenset(operation for operation in operations if not _is_harmless(operation))


def _is_harmless(operation: str) -> bool:
    from tensorflow.python.framework import op_def_registry

    if operation in FUNCTION_CALLS or operation in _HARMLESS:
        return True
    definition = op_def_registry.get(operation)
    if definition is None or definition.is_stateful:
        return False
    if operation in _DANGEROUS | _OLD_CONTROL_FLOW or operation.startswith(_DANGEROUS_BEGINNINGS):
        return False
    if any(attribute.type in {"func", "list(func)"} for attribute in definition.attr):
        return False
    return all(_is_harmless_value(value, operation) for value in (*definition.input_arg, *definition.output_arg))


def _is_harmless_value(value: Any, operation: str) -> bool:
    """Return whether an input or output is numbers: no text, such as a file's name, and no handle."""
    from tensorflow.core.framework import types_pb2

    if value.is_ref or value.type in {types_pb2.DT_STRING, types_pb2.DT_RESOURCE}:
        return False
    return value.type != types_pb2.DT_VARIANT or operation.startswith(("TensorList", "EmptyTensorList"))


def find_table_lookups(nodes: Sequence[NodeFacts]) -> frozenset[str]:
    """Return the operations of a graph that look positions up which are computed from a whole row.

    A position that is computed from a single number of the row is that of an embedding, and fine: also where that
    number was cut out of the row before, as a category or a feature that is sorted into bins.

    Args:
        nodes: all nodes of the graph, with those of its functions.

    Returns:
        Names of operations with ` by value`, such as `GatherV2 by value`.
    """
    levels = _find_levels(nodes)
    mixed = _list_mixed(levels)
    cuts = [node.name for node in nodes if node.op in _CUTTING and levels.get(node.name) == _MOVED]
    for cut in cuts[: MAX_VISITS // max(1, len(nodes))]:
        if not _list_lookups(nodes, mixed):
            break
        mixed &= _list_mixed(_find_levels(nodes, cut))
    return _list_lookups(nodes, mixed)


def _list_lookups(nodes: Sequence[NodeFacts], mixed: set[str]) -> frozenset[str]:
    return frozenset(
        f"{node.op} by value"
        for node in nodes
        if node.op in _POSITION_INPUTS
        and any(source in mixed for source in node.inputs[_POSITION_INPUTS[node.op]])
    )


MAX_VISITS = 1_000_000  # of nodes, for all values put elsewhere whose further ways are followed: about a second


# What works on each number for itself, or puts numbers elsewhere as they are.
_BY_ELEMENT_NAMES = """Abs Bucketize Cast Ceil ClipByValue ConcatV2 Equal ExpandDims Floor FloorDiv FloorMod
    Greater GreaterEqual Identity IdentityN Less LessEqual LogicalAnd LogicalNot LogicalOr Mul Neg NotEqual Pack
    Placeholder RealDiv Reshape Rint Round SelectV2 Sign Squeeze Square StopGradient StridedSlice Slice Sub
    Transpose Unpack Maximum Minimum Add AddV2 BroadcastTo"""
_BY_ELEMENT = frozenset(_BY_ELEMENT_NAMES.split())
_SIDE_BY_SIDE = frozenset({"Pack", "ConcatV2", "IdentityN"})  # several values that are not mixed
# What puts numbers elsewhere, so that an operation on two of its results may work on different numbers of the row.
_MOVING_NAMES = """BroadcastTo ConcatV2 ExpandDims Pack Reshape Slice Split SplitV Squeeze StridedSlice Transpose
    Unpack"""
_MOVING = frozenset(_MOVING_NAMES.split())
_CUTTING = _MOVING - {"Split", "SplitV", "Unpack"}  # without those of several results, which have one name


def _list_mixed(levels: Mapping[str, int]) -> set[str]:
    """Return the names of the nodes of which one number is computed from several numbers of a row."""
    return {name for name, level in levels.items() if level == _MIXED}


def _find_levels(nodes: Sequence[NodeFacts], cut: str = "") -> dict[str, int]:
    """Return what a number of each node is computed from that depends on the rows.

    `cut`: a node whose numbers are those that are looked at, in place of those of the rows; "" for these.
    """
    readers: dict[str, list[NodeFacts]] = {}
    for node in nodes:
        for source in node.inputs:
            readers.setdefault(source, []).append(node)
    levels: dict[str, int] = {}
    unvisited = [(node.name, _MOVED if cut else _IN_PLACE) for node in nodes if node.op == "Placeholder"]
    unvisited += [(cut, _IN_PLACE)] if cut else []
    while unvisited:
        name, level = unvisited.pop()
        if levels.get(name, 0) >= level or (name == cut and level != _IN_PLACE):
            continue
        levels[name] = level
        unvisited += [
            (reader.name, _compute_level(reader, levels))
            for reader in readers.get(name, ())
            if reader.op not in SHAPE_OPERATIONS
        ]
    return levels


# What a number of a node is computed from: the number of the row in the same place, one in another place, several.
_IN_PLACE, _MOVED, _MIXED = 1, 2, 3


def _compute_level(node: NodeFacts, levels: Mapping[str, int]) -> int:
    """Return what a number of a node is computed from, by what those of its inputs are computed from."""
    values = [source for source in node.inputs if source in levels]  # two results of one node have the same name
    level = max(levels[source] for source in values)
    meets_others = len(values) > 1 and level > _IN_PLACE and node.op not in _SIDE_BY_SIDE
    if node.op not in _BY_ELEMENT or meets_others:
        return _MIXED
    return max(level, _MOVED) if node.op in _MOVING else level
