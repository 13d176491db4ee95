"""Find the last stretch of a frozen graph: from the numbers that its last weights give to its output.

What a network's output is, a sigmoid, a softmax, or raw numbers, is told from what this stretch makes of numbers
that the examiner has chosen, not from the names of its operations. So a sigmoid is one in any spelling.
"""

import heapq
from collections.abc import Mapping, Sequence

from grader.protocol.evidence import NodeFacts
from grader.protocol.graph_operations import KERNEL_OPERATIONS, SHAPE_OPERATIONS

MAX_TAIL = 32  # tensors of the stretch whose values are recorded


def find_tail(nodes: Sequence[NodeFacts], input_node: str, output_node: str) -> list[str]:
    """Return the nodes through which every way from the last kernels to the output leads, first to last.

    Args:
        nodes: all nodes of the graph, with those of its functions.
        input_node: where the rows go in.
        output_node: where the outputs come out.

    Returns:
        Names, the output's last; the first is the last kernel itself where the stretch begins at one, with its
        bias as the second. Where several kernels share the last stretch, it begins where their ways have come
        together.
    """
    by_name = {node.name: node for node in nodes}
    if output_node not in by_name:
        return []
    order = _sort(by_name, output_node)
    alive = _find_alive(order, input_node)
    if output_node not in alive:
        return []
    position = {node.name: number for number, node in enumerate(order)}
    tail: list[str] = []
    waiting = [(-position[output_node], output_node)]  # alive nodes that a node already passed reads, last first
    entered = {output_node}
    while waiting:
        _, name = heapq.heappop(waiting)
        node = by_name[name]
        if not waiting:
            tail.append(name)
        if node.op in KERNEL_OPERATIONS or name == input_node or len(tail) >= MAX_TAIL:
            break
        for source in alive.intersection(node.inputs) - entered:
            entered.add(source)
            heapq.heappush(waiting, (-position[source], source))
    return tail[::-1]


def _sort(by_name: Mapping[str, NodeFacts], output: str) -> list[NodeFacts]:
    """Return the nodes that an output depends on, each after those that it reads."""
    order: list[NodeFacts] = []
    entered: set[str] = set()
    stack = [(output, False)]
    while stack:
        name, is_done = stack.pop()
        if is_done:
            order.append(by_name[name])
        elif name in by_name and name not in entered:
            entered.add(name)
            stack.append((name, True))
            stack += [(source, False) for source in by_name[name].inputs]
    return order


def _find_alive(order: Sequence[NodeFacts], input_node: str) -> set[str]:
    """Return the names of the nodes that depend on the numbers of the input."""
    alive = {input_node}
    for node in order:
        if node.op not in SHAPE_OPERATIONS and alive.intersection(node.inputs):
            alive.add(node.name)
    return alive
