"""Reads a frozen graph as a network: its kernels, what stands between them, and what comes out at the end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.protocol.evidence import NodeFacts, ReplayEvidence

Array = np.ndarray[Any, Any]

_KERNEL_OPERATIONS = frozenset(
    [
        "MatMul",
        "BatchMatMulV2",
        "BatchMatMulV3",
        "Conv1D",
        "Conv2D",
        "Conv3D",
        "DepthwiseConv2dNative",
        "Conv2DBackpropInput",
        "Conv3DBackpropInputV2",
        "Einsum",
    ]
)
_MATRIX_PRODUCTS = frozenset({"MatMul", "BatchMatMulV2", "BatchMatMulV3"})
_ACTIVATIONS = {
    "Relu": "relu", "Relu6": "relu6", "LeakyRelu": "leaky_relu", "Elu": "elu", "Selu": "selu",
    "Sigmoid": "sigmoid", "Tanh": "tanh", "Softplus": "softplus", "Softsign": "softsign", "Softmax": "softmax",
    "LogSoftmax": "log_softmax", "Exp": "exponential", "Erf": "other", "Erfc": "other",
}  # fmt: skip
_NONLINEAR = frozenset(_ACTIVATIONS) | frozenset(
    ["Maximum", "Minimum", "MaxPool", "MaxPoolV2", "MaxPool3D", "Max", "Min", "Abs", "Square", "Pow"]
)
# What hands numbers on as they are: in another shape, or one of several that come together.
_PASSING = frozenset(
    ["Identity", "IdentityN", "Reshape", "Squeeze", "ExpandDims", "Cast", "StopGradient", "NoOp", "Transpose"]
)
_LINEAR = _KERNEL_OPERATIONS | frozenset(
    [
        "BiasAdd",
        "Add",
        "AddV2",
        "AddN",
        "Sub",
        "Neg",
        "Mean",
        "Sum",
        "AvgPool",
        "AvgPool3D",
        "FusedBatchNorm",
        "FusedBatchNormV2",
        "FusedBatchNormV3",
        "ConcatV2",
        "Pack",
    ]
)
# Linear as long as only one side depends on the input.
_SCALING = frozenset({"Mul", "RealDiv", "Div"})


_ADDING = frozenset({"BiasAdd", "Add", "AddV2"})
# What a weight may go through on its way to where it is used and still be that weight, number by number.
_SAME = frozenset({"Identity", "IdentityN", "Cast", "StopGradient"})


@dataclass(frozen=True)
class DenseNode:
    """A row of values times a weight, and what is added to it: a Dense layer, however it was written.

    `kernel` and `bias` name the constants (`bias` is "" where there is none). `shape` is that of the kernel.
    `plain`: the kernel is used as it is, not computed from its constant. `activations`: what bends the values on
    their way to the next kernel or to the output, in order.
    """

    kernel: str
    bias: str
    shape: tuple[int, ...]
    plain: bool = True
    activations: tuple[str, ...] = ()


@dataclass(frozen=True)
class GraphSummary:
    """A network as it computes.

    `kernels`: name and value of each weight that values are multiplied with, from input to output; for one that is
    computed, as with weight normalisation, the largest array that it is computed from.
    `hidden`: how many of them have something non-linear between them and the next. `head`: the last operation as
    an activation, `other` where it is none. `weights`: all arrays of real numbers in the graph. `constants`: how
    many numbers these hold.
    `stacked`: activations that stand one right after the other at the end, such as sigmoid and softmax.
    `dense`: the Dense layers, from input to output.
    """

    kernels: tuple[tuple[str, Array], ...]
    hidden: int
    head: str
    constants: int
    double_softmax: bool
    stacked: tuple[str, ...] = ()
    weights: tuple[Array, ...] = ()
    dense: tuple[DenseNode, ...] = ()


def summarise(evidence: ReplayEvidence, arrays: Mapping[str, Array], output_node: str) -> GraphSummary:
    """Return what the graph of a replay is. The graph was not run when it holds forbidden operations."""
    graph = _Graph(evidence, arrays, output_node.split(":", maxsplit=1)[0])
    kernels = graph.kernels()
    stacked = graph.stacked()
    weights = tuple(graph.floats.values())
    return GraphSummary(
        kernels=tuple((node, graph.floats[constant]) for node, constant in kernels.items()),
        hidden=graph.hidden(kernels),
        head=graph.head(),
        constants=sum(int(a.size) for a in weights),
        double_softmax=stacked == ("softmax", "softmax"),
        stacked=stacked,
        weights=weights,
        dense=graph.dense(kernels),
    )


class _Graph:
    """The part of a graph that its output needs, each node after those that it reads."""

    def __init__(self, evidence: ReplayEvidence, arrays: Mapping[str, Array], output: str) -> None:
        self.nodes = {node.name: node for node in evidence.nodes}
        self.output = output
        self.order = self._order()
        needed = {node.name for node in self.order}
        values = {
            name: arrays[ref] for name, ref in evidence.constants.items() if name in needed and ref in arrays
        }
        # Shapes, axes and epsilons are no weights.
        self.floats = {name: value for name, value in values.items() if value.dtype.kind == "f" and value.ndim > 0}
        self.alive = self._dependent()
        self.readers: dict[str, list[NodeFacts]] = {}
        for node in self.order:
            for source in node.inputs:
                self.readers.setdefault(source, []).append(node)

    def _order(self) -> list[NodeFacts]:
        order: list[NodeFacts] = []
        entered: set[str] = set()
        stack: list[tuple[str, bool]] = [(self.output, False)]
        while stack:
            name, done = stack.pop()
            if done:
                order.append(self.nodes[name])
            elif name in self.nodes and name not in entered:
                entered.add(name)
                stack.append((name, True))
                stack += [(source, False) for source in reversed(self.nodes[name].inputs)]
        return order

    def _dependent(self) -> set[str]:
        """Return the nodes whose value depends on the numbers of the network's input, not only on its shape."""
        found: set[str] = set()
        for node in self.order:
            if node.op == "Placeholder" or (node.op not in {"Shape", "NoOp"} and found.intersection(node.inputs)):
                found.add(node.name)
        return found

    def kernels(self) -> dict[str, str]:
        """Return the nodes that multiply the input with a weight, each with the constant that holds it.

        A layer that is applied many times, such as one for each line of a picture, is one kernel.
        """
        found: dict[str, str] = {}
        for node in self.order:
            if node.op in _KERNEL_OPERATIONS and node.name in self.alive:
                constant = self._weight_of(node)
                if constant and constant not in found.values():
                    found[node.name] = constant
        return found

    def _weight_of(self, node: NodeFacts) -> str:
        """Return the largest constant that a node multiplies with, looking through what it is computed by."""
        open_ends = [source for source in node.inputs if source not in self.alive]
        candidates: set[str] = set()
        seen: set[str] = set()
        while open_ends:
            name = open_ends.pop()
            if name in seen or name not in self.nodes:
                continue
            seen.add(name)
            candidates |= {name} & self.floats.keys()
            open_ends += self.nodes[name].inputs
        return max(candidates, key=lambda name: (self.floats[name].size, name), default="")

    def hidden(self, kernels: Mapping[str, str]) -> int:
        """Return how many kernels reach another kernel only bent by something non-linear, as of a hidden layer."""
        straight: dict[str, frozenset[str]] = {}
        bent: dict[str, frozenset[str]] = {}
        hidden: set[str] = set()
        weights = set(kernels.values())
        for node in self.order:
            fresh = frozenset[str]().union(*(straight.get(s, frozenset()) for s in node.inputs))
            curved = frozenset[str]().union(*(bent.get(s, frozenset()) for s in node.inputs))
            own = self._weight_of(node) if node.op in _KERNEL_OPERATIONS and node.name in self.alive else ""
            if own and own in weights:
                hidden |= curved
                fresh, curved = frozenset({own}), frozenset()
            elif node.name in self.alive and (node.op in _NONLINEAR or _is_square(node)):
                fresh, curved = frozenset(), fresh | curved
            straight[node.name], bent[node.name] = fresh, curved
        return len(hidden)

    def dense(self, kernels: Mapping[str, str]) -> tuple[DenseNode, ...]:
        """Return the kernels that are those of Dense layers, each with its bias and what comes after it."""
        bends = self._bends(kernels)
        return tuple(
            DenseNode(
                kernel=constant,
                bias=self._bias_of(node, self.floats[constant].shape[-1]),
                shape=self.floats[constant].shape,
                plain=any(self._constant_behind(source) == constant for source in self.nodes[node].inputs),
                activations=tuple(bends[node]),
            )
            for node, constant in kernels.items()
            if self.nodes[node].op in _MATRIX_PRODUCTS and self.floats[constant].ndim == 2
        )

    def _bias_of(self, node: str, columns: int) -> str:
        """Return the constant that is added to what a node gives, one number a column; "" if there is none."""
        while True:
            readers = [reader for reader in self.readers.get(node, ()) if reader.name in self.alive]
            if len(readers) != 1:
                return ""
            if readers[0].op in _PASSING:
                node = readers[0].name
                continue
            added = [self._constant_behind(s) for s in readers[0].inputs] if readers[0].op in _ADDING else []
            return next((name for name in added if name and self.floats[name].size == columns), "")

    def _constant_behind(self, name: str) -> str:
        """Return the array of weights that a value is, number by number; "" where it is none."""
        while name in self.nodes and self.nodes[name].op in _SAME and self.nodes[name].inputs:
            name = self.nodes[name].inputs[0]
        return name if name in self.floats else ""

    def _bends(self, kernels: Mapping[str, str]) -> dict[str, list[str]]:
        """Return for each kernel's node what is not linear between it and the next kernels."""
        found: dict[str, list[str]] = {node: [] for node in kernels}
        behind: dict[str, frozenset[str]] = {}
        for node in self.order:
            before = frozenset[str]().union(*(behind.get(s, frozenset()) for s in node.inputs))
            behind[node.name] = frozenset({node.name}) if node.name in kernels else before
            if (
                node.name not in kernels
                and node.name in self.alive
                and (node.op in _NONLINEAR or _is_square(node))
            ):
                for kernel in before:
                    found[kernel].append(_ACTIVATIONS.get(node.op, node.op.lower()))
        return found

    def head(self) -> str:
        """Return the last operation as an activation."""
        node = self._behind(self.output)
        if node is None:
            return "other"
        if node.op in _ACTIVATIONS:
            return _ACTIVATIONS[node.op]
        if node.op in _SCALING:
            return "linear" if len(self._alive_inputs(node)) == 1 else "other"
        return "linear" if node.op in _LINEAR else "other"

    def stacked(self) -> tuple[str, ...]:
        """Return the activations at the end where two or more stand right behind one another, first to last."""
        found: list[str] = []
        node = self._behind(self.output)
        while node is not None and node.op in _ACTIVATIONS and node.name in self.alive:
            found.append(_ACTIVATIONS[node.op])
            node = self._behind(node.inputs[0]) if node.inputs else None
        return tuple(reversed(found)) if len(found) > 1 else ()

    def _behind(self, name: str) -> NodeFacts | None:
        """Return the node that computed a value, looking through what only passes it on."""
        while name in self.nodes and self.nodes[name].op in _PASSING and self.nodes[name].inputs:
            name = self.nodes[name].inputs[0]
        return self.nodes.get(name)

    def _alive_inputs(self, node: NodeFacts) -> Sequence[str]:
        return [source for source in node.inputs if source in self.alive]


def _is_square(node: NodeFacts) -> bool:
    return node.op == "Mul" and len(set(node.inputs)) == 1
