"""Record the constants of a frozen graph. Those that are large stay where they are: in the graph's bytes.

A network of millions of weights is mostly its constants. Whoever gets them has the graph already, so it is enough
to say where in the graph each one stands.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from grader.protocol.evidence import PlacedArray
from grader.sandbox.inside.array_store import Store

LARGE = 1 << 20  # bytes of a constant from which only its place is recorded


def store_constants(
    const_nodes: Mapping[str, Any], graph: bytes, store: Store
) -> tuple[dict[str, str], dict[str, PlacedArray]]:
    """Record the value of each Const node, also of those in functions; texts are left out.

    A function that is called many times has its values recorded once.

    Args:
        const_nodes: the NodeDef of each node by its name.
        graph: the bytes that the graph was read from.
        store: gets the values that are not large.

    Returns:
        The ref of each node's value by the node's name, and the places of those that are in the graph by ref.
    """
    import tensorflow as tf

    refs: dict[int, str] = {}
    constants: dict[str, str] = {}
    placed: dict[str, PlacedArray] = {}
    for name, node in const_nodes.items():
        tensor = node.attr["value"].tensor
        if tensor.dtype == tf.string.as_datatype_enum:
            continue
        if id(node) not in refs:
            value = tf.make_ndarray(tensor)
            place = _find_place(tensor.tensor_content, value, graph)
            if place is None:
                refs[id(node)] = store.add(value)
            else:
                refs[id(node)] = f"placed:{len(placed)}"
                placed[refs[id(node)]] = place
        constants[name] = refs[id(node)]
    return constants, placed


def _find_place(content: bytes, value: np.ndarray[Any, Any], graph: bytes) -> PlacedArray | None:
    """Return where a value stands in the graph; None for a small one, and where it does not stand there.

    The same bytes may stand there more than once: then one place is as good as the other.

    Args:
        content: the bytes of the value, where the graph has it as bytes.
        value: what they are read as.
        graph: the bytes of the graph.
    """
    if len(content) < LARGE or len(content) != value.nbytes or value.dtype.kind not in "biuf":
        return None
    offset = graph.find(content)
    return PlacedArray(offset=offset, dtype=value.dtype.str, shape=value.shape) if offset >= 0 else None
