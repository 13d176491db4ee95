"""What becomes of one row in each layer of a network, computed from the weights that its frozen graph holds."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from grader.core.arrays import Array
from grader.evidence.case import Case
from grader.evidence.losses import softmax
from grader.evidence.network import Model

MAX_LAYERS = 12
MAX_WIDTH = 32  # numbers of a layer: as many as there is room for
SAME = 1e-4  # of what the replay of the graph gives, in single precision

_ACTIVATIONS: Mapping[str, Callable[[Array], Array]] = MappingProxyType(
    {
        "relu": lambda z: np.maximum(z, 0.0),
        "sigmoid": lambda z: 1.0 / (1.0 + np.exp(-np.clip(z, -700.0, 700.0))),
        "softmax": softmax,
        "tanh": np.tanh,
    }
)


def compute_layer_values(
    case: Case, step: str, model: Model, row: Array, output: Array
) -> list[tuple[str, Array]]:
    """Return what each layer of a chain of Dense layers gives for a row, with the layer's name.

    Args:
        case: the evidence, with the replay of the network.
        step: the step that described the network.
        model: what is known of it.
        row: shape (features,).
        output: what the replay of the graph gives for this row, shape (units,).

    Returns:
        The input and the values after each Dense layer and each activation. Nothing for a network that is no such
        chain, or larger than a report has room for.
    """
    replay = case.replays.get(step)
    if replay is None or model.graph is None or row.ndim != 1 or row.size > MAX_WIDTH:
        return []
    weights = {name: replay.arrays[ref] for name, ref in replay.evidence.constants.items() if ref in replay.arrays}
    values: list[tuple[str, Array]] = [("", row.astype(np.float64)[None])]
    for node in model.graph.dense:
        last = values[-1][1]
        kernel, bias = weights[node.kernel], weights.get(node.bias)
        if kernel.shape[0] != last.shape[1] or kernel.shape[1] > MAX_WIDTH:
            return []
        total = last @ kernel.astype(np.float64) + (
            0.0 if bias is None else bias.astype(np.float64).reshape(1, -1)
        )
        values.append(("Dense", total))
        for name in node.activations:
            if name not in _ACTIVATIONS:
                return []
            values.append((name, _ACTIVATIONS[name](values[-1][1])))
    result = values[-1][1][0]
    if len(values) > MAX_LAYERS or result.shape != output.shape or not np.allclose(result, output, atol=SAME):
        return []
    return [(name, numbers[0]) for name, numbers in values]
