"""List the nodes of a frozen graph, with those of the functions that it calls in their places.

Recurrent layers are loops, and a loop is a call of two functions. Whoever reads the nodes needs to see what is
computed in them, so functions are written out: a branch once, and a loop two times, which is enough for each value
that it carries to reach the next round.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from grader.protocol.evidence import NodeFacts
from grader.sandbox.inside.allowed_operations import FUNCTION_CALLS

ROUNDS = 2  # of a loop
MAX_DEPTH = 16  # of functions that call one another


def keep_needed(graph: Any, input_node: str, output_node: str) -> None:
    """Take the nodes out of a GraphDef that its output does not depend on. The input stays in any case."""
    by_name = {node.name: node for node in graph.node}
    needed: set[str] = {name_of_node(input_node)}
    unvisited = [name_of_node(output_node)]
    while unvisited:
        name = unvisited.pop()
        if name in by_name and name not in needed:
            needed.add(name)
            unvisited += map(name_of_node, by_name[name].input)
    nodes = [node for node in graph.node if node.name in needed]
    del graph.node[:]
    graph.node.extend(nodes)


def rename_functions(graph: Any, prefix: str) -> None:
    """Put a prefix before the name of each function of a GraphDef, where it is defined and where it is named.

    TensorFlow keeps functions by name for the whole process: two graphs may have others of the same name.
    """
    names = {function.signature.name for function in graph.library.function}
    for function in graph.library.function:
        function.signature.name = prefix + function.signature.name
    del graph.library.gradient[:]
    for nodes in (graph.node, *(function.node_def for function in graph.library.function)):
        for node in nodes:
            for value in node.attr.values():
                for named in [value.func] if value.HasField("func") else value.list.func:
                    named.name = prefix + named.name if named.name in names else named.name


def find_wrong_inputs(graph: Any, input_node: str) -> frozenset[str]:
    """Return what else than its one input, which gets the rows, a GraphDef may compute its output from.

    The rows take the place of the node that is named as input: it has to be one, and the only one.
    """
    inputs = {node.name for node in graph.node if node.op.startswith("Placeholder")}
    others = inputs - {name_of_node(input_node)}
    is_input = name_of_node(input_node) in inputs and input_node.partition(":")[2] in {"", "0"}
    return frozenset([*(["a second input"] if others else []), *([] if is_input else ["an input that is none"])])


def list_operations(graph: Any) -> set[str]:
    """Return the operations of a GraphDef and of all functions that it calls."""
    functions = {function.signature.name: function for function in graph.library.function}
    operations: set[str] = set()
    called: set[str] = set()
    unvisited = [list(graph.node)]
    while unvisited:
        for node in unvisited.pop():
            operations.add(node.op)
            for name in set(_called_functions(node)) - called:
                called.add(name)
                if name in functions:
                    unvisited.append(list(functions[name].node_def))
                else:
                    operations.add(f"function {name}")  # it is nowhere
    return operations


def _called_functions(node: Any) -> list[str]:
    names = FUNCTION_CALLS.get(node.op, ())
    values = [node.attr[name] for name in names if name in node.attr]
    return [f.name for value in values for f in (value.list.func if value.list.func else [value.func])]


def name_of_node(tensor: str) -> str:
    """Return the name of the node in an input: without the number of its output or the mark of a control edge."""
    return tensor.lstrip("^").split(":")[0]


class FlatGraph(NamedTuple):
    """The nodes of a graph, and the NodeDef of each Const among them by its name: of a function, for each call."""

    nodes: tuple[NodeFacts, ...]
    constants: Mapping[str, Any]


def flatten(graph: Any, max_nodes: int) -> FlatGraph:
    """Return the nodes of a graph, and in place of each call of a function the nodes of the function.

    Args:
        graph: a GraphDef whose operations were looked at; see `list_operations`.
        max_nodes: as many nodes at most.

    Raises:
        ValueError: there are more, or functions call one another too deeply.
    """
    writer = _Writer({f.signature.name: f for f in graph.library.function}, max_nodes)
    writer.write_nodes(graph.node, "", {}, lambda name: name, 0)
    return FlatGraph(tuple(writer.nodes), writer.constants)


class _Writer:
    """Writes nodes out, function by function.

    A node of a function gets the name of its call before its own. An output k of a call `c` is the node `c:k`, and
    `c` is its first output.
    """

    def __init__(self, functions: Mapping[str, Any], max_nodes: int) -> None:
        self.functions, self.max_nodes = functions, max_nodes
        self.nodes: list[NodeFacts] = []
        self.constants: dict[str, Any] = {}

    def add(self, name: str, op: str, inputs: Sequence[str]) -> str:
        if len(self.nodes) >= self.max_nodes:
            raise ValueError(f"more than {self.max_nodes} operations")
        self.nodes.append(NodeFacts(name=name, op=op, inputs=tuple(inputs)))
        return name

    def write_nodes(
        self,
        nodes: Sequence[Any],
        prefix: str,
        arguments: Mapping[str, str],
        strip: Callable[[str], str],
        depth: int,
    ) -> Callable[[str], str]:
        """Write nodes, and return what finds the written node of a tensor of theirs.

        Args:
            nodes: of the graph or of one function.
            prefix: before their names.
            arguments: of a function: the node of each argument.
            strip: makes `node:k` of the name of a tensor.
            depth: how many functions are around them.
        """
        if depth > MAX_DEPTH:
            raise ValueError("functions that call one another too deeply")
        calls = {node.name for node in nodes if node.op in FUNCTION_CALLS}

        def find(tensor: str) -> str:
            name = name_of_node(tensor)
            if name in arguments:
                return arguments[name]
            return prefix + (strip(tensor) if name in calls and ":" in tensor else name)

        for node in nodes:
            inputs = [find(tensor) for tensor in node.input]
            if node.op in FUNCTION_CALLS:
                values = [find(tensor) for tensor in node.input if not tensor.startswith("^")]
                self.write_call(node, prefix + node.name, values, depth)
            else:
                name = self.add(prefix + node.name, node.op, inputs)
                if node.op == "Const":
                    self.constants[name] = node
        return find

    def write_call(self, node: Any, name: str, values: list[str], depth: int) -> None:
        """Write the functions of a call in its place, and a node for each of its outputs."""
        functions = _called_functions(node)
        if node.op.endswith("While"):
            results = self._write_loop(functions, name, values, depth)
            operation = "Identity"
        elif node.op.endswith("PartitionedCall"):
            results = [[value] for value in self._write_function(functions[0], name, values, depth)]
            operation = "Identity"
        else:
            condition, *values = values
            branches = [
                self._write_function(function, f"{name}/branch{number}", values, depth)
                for number, function in enumerate(functions)
            ]
            results = [[condition, *ways] for ways in zip(*branches, strict=True)]
            operation = "SelectV2"
        for number, sources in enumerate(results):
            self.add(f"{name}:{number}", operation, sources)
        self.add(name, "Identity", [f"{name}:0"] if results else [])

    def _write_loop(self, functions: Sequence[str], name: str, values: list[str], depth: int) -> list[list[str]]:
        condition, body = functions
        asked: list[str] = []
        for number in range(ROUNDS):
            asked += self._write_function(condition, f"{name}/condition{number}", values, depth)
            values = self._write_function(body, f"{name}/round{number}", values, depth)
        return [[value, *asked] for value in values]

    def _write_function(self, function_name: str, prefix: str, values: list[str], depth: int) -> list[str]:
        """Write the nodes of a function for these arguments, and return the nodes of its results."""
        function = self.functions[function_name]
        arguments = {
            argument.name: value for argument, value in zip(function.signature.input_arg, values, strict=True)
        }
        find = self.write_nodes(function.node_def, f"{prefix}/", arguments, _strip_output_name, depth + 1)
        return [find(function.ret[result.name]) for result in function.signature.output_arg]


def _strip_output_name(tensor: str) -> str:
    """Make `node:k` of `node:output:k`, as tensors are named in functions; all calls have one list of outputs."""
    name, _, rest = tensor.lstrip("^").partition(":")
    return f"{name}:{rest.rpartition(':')[2]}"
