"""A frozen graph as functions of its tensors."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

# Bytes of a constant from which it is an argument: TensorFlow copies a graph many times before it runs it.
LARGE = 1 << 20


class GraphFunction:
    """A GraphDef that TensorFlow has imported.

    Attributes:
        graph: the GraphDef. Its large constants become placeholders, and lose their values there.
    """

    def __init__(self, graph: Any) -> None:
        import tensorflow as tf

        self.graph = graph
        self._large = _take_large_constants(graph)
        self._wrapped = tf.compat.v1.wrap_function(lambda: tf.import_graph_def(graph, name=""), [])

    def prune(self, inputs: Sequence[str], outputs: Sequence[str]) -> Callable[..., list[np.ndarray[Any, Any]]]:
        """Return the function from some tensors of the graph to others, as arrays, in the order of their names."""
        names = [name for name in self._large if name not in inputs]
        function = self._wrapped.prune([*inputs, *names], list(outputs))
        large = [self._large[name] for name in names]

        def compute(*values: Any) -> list[np.ndarray[Any, Any]]:
            import tensorflow as tf

            return [result.numpy() for result in function(*map(tf.constant, values), *large)]

        return compute


def _take_large_constants(graph: Any) -> dict[str, Any]:
    """Make placeholders of the large constants of a GraphDef, and return their values by the tensors' names."""
    import tensorflow as tf

    values: dict[str, Any] = {}
    for node in graph.node:
        if node.op == "Const" and node.attr["value"].tensor.ByteSize() >= LARGE:
            value = tf.make_ndarray(node.attr["value"].tensor)
            values[f"{node.name}:0"] = tf.constant(value)
            node.op = "Placeholder"
            del node.attr["value"]
            node.attr["shape"].shape.CopyFrom(tf.TensorShape(value.shape).as_proto())
    return values
