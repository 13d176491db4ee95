"""Measure what the first layers of a graph make of its input together, as long as that is linear.

However a weight is written, as one layer or several, turned, cut into pieces or in a function: what counts is the
number that each feature is multiplied with before something bends the sum.
"""

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from grader.sandbox.inside.graph_function import GraphFunction

Array = np.ndarray[Any, Any]

MAX_MAPS = 16  # of a graph
MAX_MAP_NUMBERS = 1 << 20  # of one: factors of each feature for each unit
PAIRS, SIZE = 4, 30.0  # of random rows on which it is tried; large ones, so that what bends bends them
TOLERANCE = 1e-3  # of sums in single precision
_BENDING_NAMES = """Relu Relu6 Elu Selu LeakyRelu Sigmoid Tanh Softplus Softsign Softmax LogSoftmax Exp Square Abs
    Erf Maximum Minimum Max ArgMax"""
BENDING = frozenset(_BENDING_NAMES.split())


def list_bent(graph: Any) -> list[str]:
    """Return the names of the values that are bent somewhere, in the order of a GraphDef's nodes."""
    bent = [source for node in graph.node if node.op in BENDING for source in node.input if source[:1] != "^"]
    return list(dict.fromkeys(bent))


def measure_maps(
    function: GraphFunction, input_node: str, names: Sequence[str], rows: Array, fixed: Collection[int] = ()
) -> list[Array]:
    """Return factors and summand (units, ..., features + 1) of each value that is a linear function of the input.

    Args:
        function: the graph.
        input_node: name of the tensor that gets the rows.
        names: of the tensors.
        rows: some rows of input, shape (n, ...).
        fixed: numbers of the features that keep the value of the first row; their factors are 0.
    """
    features = int(np.prod(rows.shape[1:]))
    random = np.random.default_rng(0)
    one, other = (random.normal(0.0, SIZE, (PAIRS, features)) for _ in range(2))
    nothing = np.zeros((1, features))
    trial = _shape(np.concatenate([nothing, one, other, one + other]), rows, fixed)
    tried = function.prune([input_node], names)(trial) if names else []
    linear = [
        name
        for name, values in zip(names, tried, strict=True)
        if _is_linear(values) and values[0].size * features <= MAX_MAP_NUMBERS
    ][:MAX_MAPS]
    if not linear:
        return []
    basis = _shape(np.concatenate([nothing, np.eye(features)]), rows, fixed)
    at_basis = [values.astype(np.float32) for values in function.prune([input_node], linear)(basis)]
    return [np.stack([*(values[1:] - values[:1]), values[0]], axis=-1) for values in at_basis]


def _is_linear(values: Array) -> bool:
    """Return whether values for 0, a, b and a + b are those of a line: f(a + b) = f(a) + f(b) - f(0)."""
    if values.ndim < 2 or len(values) != 1 + 3 * PAIRS or values.dtype.kind != "f":
        return False
    zero, *rest = np.split(values.reshape(len(values), -1).astype(np.float64), (1, 1 + PAIRS, 1 + 2 * PAIRS))
    first, second, both = rest
    scale = max(1.0, float(np.abs(values).max(initial=0.0)))
    return bool(np.abs(first + second - zero - both).max(initial=0.0) <= TOLERANCE * scale)  # and none is NaN


def _shape(table: Array, rows: Array, fixed: Collection[int]) -> Array:
    """Return a table as rows of input, in which some features have the values of the first of `rows`."""
    columns = list(fixed)
    table[:, columns] = rows[:1].reshape(1, -1)[:, columns]
    return table.reshape(-1, *rows.shape[1:]).astype(rows.dtype)
