"""Find the operations of a frozen graph that no network needs, such as look-ups in a table."""

from collections.abc import Sequence

from grader.protocol.evidence import NodeFacts

# No reading of files, no Python functions, no tables, no loops, and no comparisons, sorting or arg-max: a network
# does not need them to predict.
_STRUCTURE = """Placeholder Const Identity IdentityN NoOp Reshape Shape StridedSlice Slice Split SplitV Unpack Pack
    ConcatV2 Squeeze ExpandDims Transpose Cast Prod Fill Tile GatherV2 Range ReverseV2 Pad PadV2 MirrorPad
    ZerosLike OnesLike StopGradient BatchToSpaceND SpaceToBatchND ResizeNearestNeighbor ResizeBilinear"""
_LINEAR = """MatMul BatchMatMulV2 BatchMatMulV3 Tensordot Einsum BiasAdd Conv1D Conv2D Conv3D DepthwiseConv2dNative
    Conv2DBackpropInput Conv3DBackpropInputV2"""
_ARITHMETIC = """Add AddV2 AddN Sub Mul RealDiv Div DivNoNan Neg Square SquaredDifference Sqrt Rsqrt Reciprocal Exp
    Log Log1p Expm1 Pow Abs"""
_REDUCTION = "Sum Mean Max Min MaxPool MaxPoolV2 AvgPool AvgPool3D MaxPool3D"
_ACTIVATION = """Relu Relu6 LeakyRelu Elu Selu Sigmoid Tanh Softplus Softsign Softmax LogSoftmax Erf Erfc Maximum
    Minimum"""
_NORMALISATION = "FusedBatchNorm FusedBatchNormV2 FusedBatchNormV3 L2Loss"
ALLOWED = frozenset(" ".join((_STRUCTURE, _LINEAR, _ARITHMETIC, _REDUCTION, _ACTIVATION, _NORMALISATION)).split())
# The inputs of an operation that are positions. Where those depend on the numbers of a row, it is a table look-up.
_POSITION_INPUTS: dict[str, slice] = {
    "GatherV2": slice(1, None),
    "StridedSlice": slice(1, None),
    "Slice": slice(1, None),
    "Tile": slice(1, None),
    "ReverseV2": slice(1, None),
    "Transpose": slice(1, None),
    "Range": slice(0, None),
    "Split": slice(0, 1),
    "SplitV": slice(1, None),
    "Fill": slice(0, 1),
}


def forbidden(nodes: Sequence[NodeFacts]) -> frozenset[str]:
    """Return the operations of a graph that no network needs.

    Args:
        nodes: all nodes of the graph.

    Returns:
        Names of operations, such as `HashTableV2`; with ` by value`, as in `GatherV2 by value`, an allowed
        operation that looks up positions computed from the values of the input.
    """
    unknown = {node.op for node in nodes} - ALLOWED
    by_value = _find_value_dependent(nodes)
    tables = {
        f"{node.op} by value"
        for node in nodes
        if node.op in _POSITION_INPUTS
        and any(source in by_value for source in node.inputs[_POSITION_INPUTS[node.op]])
    }
    return frozenset(unknown | tables)


def _find_value_dependent(nodes: Sequence[NodeFacts]) -> set[str]:
    """Return the names of the nodes that depend on the values of the input, and not only on its shape."""
    readers: dict[str, list[NodeFacts]] = {}
    for node in nodes:
        for source in node.inputs:
            readers.setdefault(source, []).append(node)
    dependent: set[str] = set()
    unvisited = [node.name for node in nodes if node.op == "Placeholder"]
    while unvisited:
        name = unvisited.pop()
        if name not in dependent:
            dependent.add(name)
            unvisited += [reader.name for reader in readers.get(name, ()) if reader.op not in {"Shape", "NoOp"}]
    return dependent
