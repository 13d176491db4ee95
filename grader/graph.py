"""Reads a frozen graph as a network: its kernels, what stands between them, and what comes out at the end."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.evidence import NodeFacts, ReplayEvidence

Array = np.ndarray[Any, Any]

_KERNEL_OPERATIONS = frozenset({"MatMul", "BatchMatMulV2", "BatchMatMulV3", "Conv1D", "Conv2D", "Conv3D", "DepthwiseConv2dNative", "Einsum"})
_NONLINEAR = frozenset(
    {"Relu", "Relu6", "LeakyRelu", "Elu", "Selu", "Sigmoid", "Tanh", "Softplus", "Softsign", "Softmax", "Erf", "Erfc", "Exp",
     "Maximum", "Minimum", "MaxPool", "MaxPoolV2", "Abs", "Square", "Pow"}
)  # fmt: skip
_PASSING = frozenset({"Identity", "Reshape", "Squeeze", "ExpandDims", "Cast", "StopGradient", "NoOp"})
_HEADS = {"Softmax": "softmax", "Sigmoid": "sigmoid", "Relu": "relu", "Tanh": "tanh", "Elu": "elu", "Selu": "selu",
          "Softplus": "softplus", "LogSoftmax": "log_softmax", "Relu6": "relu6", "LeakyRelu": "leaky_relu",
          "BiasAdd": "linear", "MatMul": "linear", "Add": "linear", "AddV2": "linear", "Conv2D": "linear", "Einsum": "linear",
          "BatchMatMulV2": "linear", "Mul": "linear"}  # fmt: skip


@dataclass(frozen=True)
class GraphSummary:
    """A network as it computes.

    `kernels`: name and value of each weight that values are multiplied with, from input to output.
    `hidden`: how many of them have something non-linear between them and the next.
    `head`: the last operation as an activation, `other` where it is none. `constants`: numbers held in the graph.
    """

    kernels: tuple[tuple[str, Array], ...]
    hidden: int
    head: str
    constants: int
    double_softmax: bool


def summarise(evidence: ReplayEvidence, arrays: Mapping[str, Array], output_node: str) -> GraphSummary:
    """Return what the graph of a replay is. The graph was not run when it holds forbidden operations."""
    nodes = {node.name: node for node in evidence.nodes}
    order = _order(nodes, output_node.split(":")[0])
    alive = _data_dependent(order)
    kernels: list[tuple[str, Array]] = []
    hidden, pending, softmaxes = 0, False, 0
    for node in alive:
        if node.op in _KERNEL_OPERATIONS:
            ref = _constant_behind(nodes, node, evidence.constants)
            if ref is not None:
                hidden += bool(kernels) and not pending
                kernels.append((node.name, arrays[ref]))
                pending = True
        elif node.op in _NONLINEAR:
            pending = False
            softmaxes += node.op == "Softmax"
    floats = (arrays[r] for n, r in evidence.constants.items() if n in {x.name for x in order})
    return GraphSummary(
        kernels=tuple(kernels),
        hidden=hidden,
        head=_head(nodes, output_node.split(":")[0]),
        constants=sum(int(a.size) for a in floats if a.dtype.kind == "f" and a.ndim > 0),
        double_softmax=softmaxes > 1 and [n.op for n in alive if n.op not in _PASSING][-2:] == ["Softmax", "Softmax"],
    )


def _order(nodes: Mapping[str, NodeFacts], output: str) -> list[NodeFacts]:
    """Return the nodes that the output needs, each after those that it reads."""
    order: list[NodeFacts] = []
    entered: set[str] = set()
    stack: list[tuple[str, bool]] = [(output, False)]
    while stack:
        name, done = stack.pop()
        if done:
            order.append(nodes[name])
        elif name in nodes and name not in entered:
            entered.add(name)
            stack.append((name, True))
            stack += [(source, False) for source in reversed(nodes[name].inputs)]
    return order


def _data_dependent(order: list[NodeFacts]) -> list[NodeFacts]:
    """Return those nodes whose value depends on the network's input."""
    dependent: dict[str, NodeFacts] = {}
    for node in order:
        if node.op == "Placeholder" or any(source in dependent for source in node.inputs):
            dependent[node.name] = node
    return list(dependent.values())


def _constant_behind(nodes: Mapping[str, NodeFacts], node: NodeFacts, constants: Mapping[str, str]) -> str | None:
    """Return the ref of the constant that a node multiplies with, looking through what only passes it on."""
    for source in node.inputs:
        name = source
        while name in nodes and nodes[name].op in _PASSING and nodes[name].inputs:
            name = nodes[name].inputs[0]
        if name in constants:
            return constants[name]
    return None


def _head(nodes: Mapping[str, NodeFacts], output: str) -> str:
    name = output
    while name in nodes and nodes[name].op in _PASSING and nodes[name].inputs:
        name = nodes[name].inputs[0]
    return _HEADS.get(nodes[name].op, "other") if name in nodes else "other"
