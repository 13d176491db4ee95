"""Which operations a frozen graph may hold: those that networks compute with, and nothing that looks things up."""

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
# Which of their inputs say where to look. Where those depend on the numbers of a row, the operation is a table.
_PLACES: dict[str, slice] = {
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
    """Return the operations that no network needs; `GatherV2 by value` is a look-up in disguise."""
    unknown = {node.op for node in nodes} - ALLOWED
    by_value = _by_value(nodes)
    tables = {
        f"{node.op} by value"
        for node in nodes
        if node.op in _PLACES and any(source in by_value for source in node.inputs[_PLACES[node.op]])
    }
    return frozenset(unknown | tables)


def _by_value(nodes: Sequence[NodeFacts]) -> set[str]:
    """Return the nodes that depend on the numbers of the input. Its shape is no number of it."""
    readers: dict[str, list[NodeFacts]] = {}
    for node in nodes:
        for source in node.inputs:
            readers.setdefault(source, []).append(node)
    found: set[str] = set()
    open_ends = [node.name for node in nodes if node.op == "Placeholder"]
    while open_ends:
        name = open_ends.pop()
        if name not in found:
            found.add(name)
            open_ends += [reader.name for reader in readers.get(name, ()) if reader.op not in {"Shape", "NoOp"}]
    return found
