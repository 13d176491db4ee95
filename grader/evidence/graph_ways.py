"""Which nodes of a frozen graph lead to which: from the rows, from a weight, into a function and out of it."""

from collections.abc import Callable, Iterable, Mapping

import numpy as np

from grader.core.arrays import Array
from grader.evidence.run_evidence import ReplayResult
from grader.protocol.evidence import NodeFacts
from grader.protocol.graph_operations import KERNEL_OPERATIONS, SHAPE_OPERATIONS

# Lists of tensors are no numbers that other ones can be put in place of; what is taken from one is.
_TAKING_FROM_LISTS = frozenset({"TensorListConcatV2", "TensorListGather", "TensorListGetItem", "TensorListStack"})
# Where values of the rows meet a weight.
_PRODUCTS = KERNEL_OPERATIONS | {"Mul"}
# How many values some operations compute with: what follows only says what has to be computed before.
_ARITIES = {"Const": 0, "Placeholder": 0, "NoOp": 0, "Conv2DBackpropInput": 3, "Conv3DBackpropInputV2": 3}
_ARITIES |= dict.fromkeys(_PRODUCTS - _ARITIES.keys(), 2) | dict.fromkeys(("Cast", "Identity", "StopGradient"), 1)


class GraphWays:
    """Which node of a graph leads to which."""

    def __init__(self, replay: ReplayResult) -> None:
        self.replay = replay
        self.nodes = {node.name: node for node in replay.evidence.nodes}
        self.readers: dict[str, list[str]] = {}
        for node in replay.evidence.nodes:
            for source in _list_values(node):
                self.readers.setdefault(source, []).append(node.name)
        # A call of a function has a node for each result; the nodes of the function have its name in front.
        self.calls = tuple(name.removesuffix(":0") for name in self.nodes if name.endswith(":0"))
        inputs = [name for name, node in self.nodes.items() if node.op == "Placeholder"]
        self.alive = self._walk(inputs, lambda name: self.nodes[name].op not in SHAPE_OPERATIONS)

    def find_uses(self, kernels: Mapping[str, Array]) -> tuple[str, ...]:
        """Return where values of the rows meet kernels, every time that one is used; sorted.

        `kernels`: by the nodes that use them first.
        """
        sources: set[str] = set()
        for node, kernel in kernels.items():
            sources |= self._find_constants(node, kernel) if node in self.nodes else set()
        dead = self._walk(sources, lambda name: name not in self.alive)
        readers = {reader for name in dead for reader in self.readers.get(name, ())}
        return self._go_to_surface(r for r in readers & self.alive if self.nodes[r].op in _PRODUCTS)

    def find_stops(self, nodes: Iterable[str]) -> tuple[str, ...]:
        """Return each stop_gradient that comes after some nodes."""
        after = self._walk(nodes, lambda name: name in self.alive)
        return self._go_to_surface(name for name in after if self.nodes[name].op == "StopGradient")

    def find_own_gradients(self, nodes: Iterable[str]) -> tuple[str, ...]:
        """Return what functions with a gradient of their own (`tf.custom_gradient`) give that come after nodes.

        Such a function ends in an `IdentityN`. TensorFlow's silu does, too, and does not count: its gradient is
        right.
        """
        after = self._walk(nodes, lambda name: name in self.alive)
        results = (name for name in after if self.nodes[name].op == "IdentityN")
        return self._go_to_surface(name for name in results if not self._is_silu(name))

    def list_results(self, name: str) -> tuple[str, ...]:
        """Return the names of what a node gives: `split:0`; that of an `IdentityN` gives as much as it reads."""
        node = self.nodes[name]
        return tuple(f"{name}:{place}" for place in range(len(node.inputs) if node.op == "IdentityN" else 1))

    def _is_silu(self, name: str) -> bool:
        """Return whether a function of `x` gives `x * sigmoid(x)`; its node reads the result and then `x`."""
        result, *arguments = self.nodes[name].inputs
        product = self.nodes.get(result)
        if product is None or product.op != "Mul" or not arguments:
            return False
        factors = [self.nodes[factor] for factor in product.inputs if factor in self.nodes]
        return arguments[0] in product.inputs and any(factor.op == "Sigmoid" for factor in factors)

    def _find_constants(self, node: str, kernel: Array) -> set[str]:
        """Return the constants with the values of a kernel that a node computes with."""
        names: set[str] = set()
        visited: set[str] = set()
        unvisited = [name for name in _list_values(self.nodes[node]) if name not in self.alive]
        refs, arrays = self.replay.evidence.constants, self.replay.arrays
        while unvisited:
            name = unvisited.pop()
            if name in visited or name not in self.nodes:
                continue
            visited.add(name)
            unvisited += _list_values(self.nodes[name])
            if name in refs and np.array_equal(arrays[refs[name]], kernel):
                names.add(name)
        return names

    def _go_to_surface(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return nodes of the graph itself: of one in a function, those that read what the call of it gives."""
        on_surface: set[str] = set()
        visited: set[str] = set()
        unvisited = list(names)
        while unvisited:
            name = unvisited.pop()
            if name in visited or self.nodes[name].op in SHAPE_OPERATIONS:
                continue
            visited.add(name)
            if self._is_on_surface(name):
                on_surface.add(name)
            else:
                unvisited += self.readers.get(name, ())
        return tuple(sorted(on_surface))

    def _is_on_surface(self, name: str) -> bool:
        op = self.nodes[name].op
        if op.startswith("TensorList") and op not in _TAKING_FROM_LISTS:
            return False
        return not any(name == call or name.startswith((f"{call}/", f"{call}:")) for call in self.calls)

    def _walk(self, names: Iterable[str], may_enter: Callable[[str], bool]) -> set[str]:
        """Return some nodes and those that are computed from them, without those that may not be entered."""
        reached: set[str] = set()
        unvisited = list(names)
        while unvisited:
            name = unvisited.pop()
            if name not in reached and name in self.nodes and may_enter(name):
                reached.add(name)
                unvisited += self.readers.get(name, ())
        return reached


def _list_values(node: NodeFacts) -> tuple[str, ...]:
    """Return what a node computes with."""
    return node.inputs[: _ARITIES.get(node.op, len(node.inputs))]
