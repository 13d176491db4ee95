"""Read a frozen graph as a network: its kernels, the activations between them, and its output activation."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from grader.core.arrays import Array
from grader.evidence.constants import count_numbers, count_scalars, is_table
from grader.protocol.evidence import NodeFacts, ReplayEvidence
from grader.protocol.graph_operations import KERNEL_OPERATIONS, SHAPE_OPERATIONS

_MATRIX_PRODUCTS = frozenset({"MatMul", "BatchMatMulV2", "BatchMatMulV3"})
_ACTIVATIONS = {
    "Relu": "relu", "Relu6": "relu6", "LeakyRelu": "leaky_relu", "Elu": "elu", "Selu": "selu",
    "Sigmoid": "sigmoid", "Tanh": "tanh", "Softplus": "softplus", "Softsign": "softsign", "Softmax": "softmax",
    "LogSoftmax": "log_softmax", "Exp": "exponential", "Erf": "other", "Erfc": "other", "SelectV2": "where",
}  # fmt: skip
# What hands numbers on as they are: in another shape, or one of several that come together.
_PASSING_NAMES = """Cast CheckNumerics CheckNumericsV2 EnsureShape ExpandDims Identity IdentityN NoOp Reshape
    Squeeze StopGradient Transpose"""
_PASSING = frozenset(_PASSING_NAMES.split())
_LINEAR_NAMES = """BiasAdd Add AddV2 AddN Sub Neg Mean Sum Cumsum AvgPool AvgPool3D FusedBatchNorm FusedBatchNormV2
    FusedBatchNormV3 ConcatV2 Pack"""
_LINEAR = KERNEL_OPERATIONS | frozenset(_LINEAR_NAMES.split())
# Linear as long as only one side depends on the input, and does not divide.
_SCALING = frozenset({"Mul", "RealDiv", "Div", "DivNoNan"})
# What puts numbers elsewhere, repeats them or leaves some out.
_MOVING_NAMES = """BatchToSpaceND BroadcastTo DepthToSpace Fill GatherNd GatherV2 MirrorPad OnesLike Pad PadV2
    Range ResizeBilinear ResizeNearestNeighbor ReverseV2 Roll Slice SpaceToBatchND SpaceToDepth Split SplitV
    StridedSlice TensorListFromTensor TensorListGetItem TensorListReserve TensorListSetItem TensorListStack
    Tile Unpack ZerosLike"""
_MOVING = frozenset(_MOVING_NAMES.split())
_TABLES = frozenset({"GatherNd", "GatherV2"})  # as of an embedding, where the position depends on the input
# What finds out something about numbers; what is made of that bends.
_COMPARING_NAMES = """All Any Equal Greater GreaterEqual Less LessEqual LogicalAnd LogicalNot LogicalOr NotEqual"""
_COMPARING = frozenset(_COMPARING_NAMES.split())


# Activations that are named of one layer, and of the end of a network. More than two are a mistake already.
MAX_ACTIVATIONS = 16


_ADDING = frozenset({"BiasAdd", "Add", "AddV2"})
# What a weight may go through on its way to where it is used and still be that weight, number by number.
_SAME = frozenset({"Identity", "IdentityN", "Cast", "StopGradient"})


@dataclass(frozen=True)
class DenseNode:
    """A Dense layer, however it was written: values times a weight, and what is added to them."""

    kernel: str  # name of the constant
    bias: str  # name of the constant, "" where there is none
    shape: tuple[int, ...]  # of the kernel
    plain: bool = True  # the kernel is used as it is, not computed from its constant
    # What is not linear on the way to the next kernel or to the output, in order; `MAX_ACTIVATIONS` at most.
    activations: tuple[str, ...] = ()


@dataclass(frozen=True)
class GraphSummary:
    """A network as it computes."""

    # Name and value of each weight that values are multiplied with, from input to output; for one that is
    # computed, as with weight normalisation, the largest array that it is computed from.
    kernels: tuple[tuple[str, Array], ...]
    hidden: int  # kernels with something non-linear between them and the next kernel
    output_activation: str  # the last operation as an activation, "other" where it is none
    constants: int  # how many numbers `weights` and `tables` hold, and many single numbers beside them
    stacked: tuple[str, ...] = ()  # activations one right after the other at the end, such as sigmoid and softmax
    weights: tuple[Array, ...] = ()  # all arrays of real numbers in the graph
    tables: tuple[Array, ...] = ()  # larger arrays of whole numbers and truth values
    dense: tuple[DenseNode, ...] = ()  # from input to output
    has_summand: bool = False  # a constant is added to what the last kernels give, before anything bends it
    # Something is not linear between the last kernels and where their ways come together; `heads.py` has the rest.
    bends_before_tail: bool = False


def summarise_graph(evidence: ReplayEvidence, arrays: Mapping[str, Array], output_node: str) -> GraphSummary:
    """Read the frozen graph of a replay as a network.

    Time and memory are linear in the graph, whatever it is: see `limits.py` for how large it may be.

    Args:
        evidence: nodes and names of constants. The graph was not run when it holds forbidden operations.
        arrays: values of the constants, by the names in `evidence`.
        output_node: name of the node that the network's output is, with or without `:0`.
    """
    graph = _Graph(evidence, arrays, output_node.split(":", maxsplit=1)[0])
    kernels = graph.kernels()
    # One array may stand for several nodes: those of a function that is called many times.
    weights = tuple({id(value): value for value in graph.floats.values()}.values())
    tables = tuple({id(value): value for value in graph.tables.values()}.values())
    scalars = [value for value in graph.reals.values() if value.ndim == 0]
    return GraphSummary(
        kernels=tuple((node, graph.floats[constant]) for node, constant in kernels.items()),
        hidden=graph.hidden(),
        output_activation=graph.output_activation(),
        constants=sum(int(a.size) for a in weights) + sum(map(count_numbers, tables)) + count_scalars(scalars),
        stacked=graph.stacked(),
        weights=weights,
        tables=tables,
        dense=graph.dense(kernels),
        has_summand=graph.has_summand(kernels),
        bends_before_tail=bool(evidence.tail) and graph.bends_before(evidence.tail[0].node),
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
        self.reals = {name: value for name, value in values.items() if value.dtype.kind == "f"}
        self.floats = {name: value for name, value in self.reals.items() if value.ndim > 0}
        self.tables = {name: value for name, value in values.items() if is_table(value)}
        self.alive = self._dependent()
        self.largest = self._largest_constants()
        self._readers_found: dict[str, NodeFacts | None] = {}
        self._same_as: dict[str, str] = {}
        self._passed_on_from: dict[str, str] = {}
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
        dependent: set[str] = set()
        for node in self.order:
            if node.op == "Placeholder" or (
                node.op not in SHAPE_OPERATIONS and dependent.intersection(node.inputs)
            ):
                dependent.add(node.name)
        return dependent

    def kernels(self) -> dict[str, str]:
        """Return the nodes that multiply the input with a weight, each with the constant that holds it.

        A layer that is applied many times, such as one for each line of a picture, is one kernel.
        """
        constants: dict[str, str] = {}  # to the first node that uses each
        for node in self.order:
            if constant := self._kernel_of(node):
                constants.setdefault(constant, node.name)
        return {node: constant for constant, node in constants.items()}

    def _kernel_of(self, node: NodeFacts) -> str:
        """Return the constant that a node multiplies the input with; "" where it is no such node.

        For one that is computed, it is the largest constant that it is computed from.
        """
        if node.op not in KERNEL_OPERATIONS or node.name not in self.alive:
            return ""
        sources = (source for source in node.inputs if source not in self.alive)
        return max((self.largest.get(source, "") for source in sources), key=self._size, default="")

    def _largest_constants(self) -> dict[str, str]:
        """Return the largest array of weights that each node is computed from, in one pass over the graph."""
        largest: dict[str, str] = {}
        for node in self.order:
            own = node.name if node.name in self.floats else ""
            largest[node.name] = max((own, *(largest.get(s, "") for s in node.inputs)), key=self._size)
        return largest

    def _size(self, name: str) -> tuple[int, str]:
        return (self.floats[name].size, name) if name else (-1, "")

    def hidden(self) -> int:
        """Return how many kernels reach another kernel only bent by something non-linear, as of a hidden layer.

        One pass from the output back: what a value goes into is known before the value.
        """
        reaches: set[str] = set()  # nodes with a way to a kernel, itself included, without another kernel on it
        reaches_bent: set[str] = set()  # those with something non-linear on such a way
        hidden: set[str] = set()
        for node in reversed(self.order):
            readers = [reader.name for reader in self.readers.get(node.name, ())]
            ahead = any(name in reaches for name in readers)
            bent_ahead = any(name in reaches_bent for name in readers)
            kernel = self._kernel_of(node)
            if kernel:
                hidden |= {kernel} if bent_ahead else set()
                reaches.add(node.name)
            elif ahead:
                reaches.add(node.name)
                if bent_ahead or self._bends(node):
                    reaches_bent.add(node.name)
        # The second kernel of a recurrent layer only leads from one of its steps to the next.
        return len(hidden - self._recurrent()) or min(len(hidden), 1)

    def _recurrent(self) -> set[str]:
        """Return the constants of kernels that are applied again to what they have been applied to before."""
        uses: dict[str, int] = {}
        for node in self.order:
            if constant := self._kernel_of(node):
                uses[constant] = uses.get(constant, 0) + 1
        numbers = {constant: number for number, constant in enumerate(c for c, times in uses.items() if times > 1)}
        recurrent: set[str] = set()
        behind: dict[str, int] = {}  # the bits of a number: the repeated kernels that a value has gone through
        for node in self.order if numbers else ():
            before = 0
            for source in node.inputs:
                before |= behind.get(source, 0)
            number = numbers.get(self._kernel_of(node), -1)
            if number >= 0:
                if before >> number & 1:
                    recurrent.add(self._kernel_of(node))
                before |= 1 << number
            behind[node.name] = before
        return recurrent

    def _bends(self, node: NodeFacts) -> bool:
        """Return whether a node does something to the input that is not linear."""
        if node.name not in self.alive or node.op == "Placeholder":
            return False
        if node.op in _TABLES and node.inputs[1] in self.alive:
            return True
        if node.op in _LINEAR | _PASSING | _MOVING:
            return False
        if node.op in _SCALING:
            by_row = [source in self.alive for source in node.inputs]
            return sum(by_row) > 1 or (node.op != "Mul" and by_row[-1])
        return True

    def _is_activation(self, node: NodeFacts) -> bool:
        """Return whether a node bends by itself: a product of several values does so by what these are."""
        return self._bends(node) and node.op not in _COMPARING and (node.op != "Mul" or _is_square(node))

    def bends_before(self, name: str) -> bool:
        """Return whether something is not linear between the last kernels and a node, the node included."""
        entered: set[str] = set()
        unvisited = [name]
        while unvisited:
            node = self.nodes.get(unvisited.pop())
            if node is None or node.name in entered or self._kernel_of(node):
                continue
            entered.add(node.name)
            if self._bends(node):
                return True
            unvisited += node.inputs
        return False

    def dense(self, kernels: Mapping[str, str]) -> tuple[DenseNode, ...]:
        """Return the kernels that are those of Dense layers, each with its bias and what comes after it."""
        activations = self._activations(kernels)
        return tuple(
            DenseNode(
                kernel=constant,
                bias=self._bias_of(node, self.floats[constant].shape[-1]),
                shape=self.floats[constant].shape,
                plain=any(self._constant_behind(source) == constant for source in self.nodes[node].inputs),
                activations=tuple(activations[node]),
            )
            for node, constant in kernels.items()
            if self.nodes[node].op in _MATRIX_PRODUCTS and self.floats[constant].ndim == 2
        )

    def _bias_of(self, node: str, columns: int) -> str:
        """Return the constant that is added to what a node gives, one number a column; "" if there is none."""
        reader = self._only_reader(node)
        added = [self._constant_behind(s) for s in reader.inputs] if reader and reader.op in _ADDING else []
        return next((name for name in added if name and self.floats[name].size == columns), "")

    def has_summand(self, kernels: Mapping[str, str]) -> bool:
        """Return whether a constant is added to what a kernel gives, or subtracted, before anything bends it."""
        summands: set[str] = set()  # what is computed from real numbers, and not from the input
        for node in self.order:
            if node.name not in self.alive and (node.name in self.reals or summands.intersection(node.inputs)):
                summands.add(node.name)
        entered: set[str] = set()
        unvisited = list(kernels)
        while unvisited:
            for reader in self.readers.get(unvisited.pop(), ()):
                if reader.name in entered or self._bends(reader):
                    continue
                entered.add(reader.name)
                if reader.op in _ADDING | {"Sub"} and summands.intersection(reader.inputs):
                    return True
                unvisited.append(reader.name)
        return False

    def _only_reader(self, name: str) -> NodeFacts | None:
        """Return the one node that reads a value, looking through what only passes it on; None for several."""
        passed: list[str] = []
        while name not in self._readers_found:
            self._readers_found[name] = None  # also the result for a circle of nodes
            passed.append(name)
            readers = [reader for reader in self.readers.get(name, ()) if reader.name in self.alive]
            if len(readers) != 1:
                return None
            if readers[0].op not in _PASSING:
                self._readers_found |= dict.fromkeys(passed, readers[0])
                return readers[0]
            name = readers[0].name
        self._readers_found |= dict.fromkeys(passed, self._readers_found[name])
        return self._readers_found[name]

    def _constant_behind(self, name: str) -> str:
        """Return the array of weights that a value is, number by number; "" where it is none."""
        name = self._behind(name, _SAME, self._same_as)
        return name if name in self.floats else ""

    def _activations(self, kernels: Mapping[str, str]) -> dict[str, list[str]]:
        """Return for each kernel's node what is not linear between it and the next kernels, in order.

        The kernels behind a node are the bits of a number, and each kernel gets `MAX_ACTIVATIONS` at most: sets of
        names would be as many as nodes times kernels.
        """
        names = list(kernels)
        numbers = {name: number for number, name in enumerate(names)}
        activations: dict[str, list[str]] = {name: [] for name in names}
        full = 0  # the kernels that have all that they may have
        behind: dict[str, int] = {}
        for node in self.order:
            before = 0
            for source in node.inputs:
                before |= behind.get(source, 0)
            behind[node.name] = 1 << numbers[node.name] if node.name in kernels else before
            if node.name not in kernels and self._is_activation(node):
                for number in _bits(before & ~full):
                    of_kernel = activations[names[number]]
                    of_kernel.append(_ACTIVATIONS.get(node.op, node.op.lower()))
                    full |= (len(of_kernel) >= MAX_ACTIVATIONS) << number
        return activations

    def output_activation(self) -> str:
        """Return the last operation as an activation; "other" where it is none."""
        node = self._computed_by(self.output)
        if node is None:
            return "other"
        if node.op in _ACTIVATIONS:
            return _ACTIVATIONS[node.op]
        return "linear" if node.op in _LINEAR | _SCALING and not self._bends(node) else "other"

    def stacked(self) -> tuple[str, ...]:
        """Return the activations at the end where two or more stand right behind one another, first to last."""
        activations: list[str] = []
        node = self._computed_by(self.output)
        while node is not None and node.op in _ACTIVATIONS and node.name in self.alive:
            activations.append(_ACTIVATIONS[node.op])
            if len(activations) == MAX_ACTIVATIONS:
                break
            node = self._computed_by(node.inputs[0]) if node.inputs else None
        return tuple(reversed(activations)) if len(activations) > 1 else ()

    def _computed_by(self, name: str) -> NodeFacts | None:
        """Return the node that computed a value, looking through what only passes it on."""
        return self.nodes.get(self._behind(name, _PASSING, self._passed_on_from))

    def _behind(self, name: str, operations: frozenset[str], ends: dict[str, str]) -> str:
        """Follow a value back through some operations, to the first node of another kind.

        `ends` holds where each way ends: ways that are shared are walked once.
        """
        walked: list[str] = []
        while name not in ends and name in self.nodes:
            node = self.nodes[name]
            if node.op not in operations or not node.inputs:
                break
            ends[name] = name  # also the result for a circle of nodes
            walked.append(name)
            name = node.inputs[0]
        end = ends.get(name, name)
        ends |= dict.fromkeys(walked, end)
        return end


def _bits(number: int) -> Iterator[int]:
    """Yield the positions of the bits that are 1."""
    while number:
        lowest = number & -number
        yield lowest.bit_length() - 1
        number ^= lowest


def _is_square(node: NodeFacts) -> bool:
    return node.op == "Mul" and len(set(node.inputs)) == 1
