"""Detect misconceptions about the data that a network is given: their range and their type."""

import numpy as np

from grader.core.arrays import Array
from grader.core.i18n import _
from grader.examiner.misconceptions.network_view import Explanation, NetworkView

# Inputs should be of the order of 1 (LeCun et al. 1998, "Efficient BackProp", 4.3). Ten leaves room for outliers.
LARGE_INPUT = 10.0
# Standardised features lie on both sides of 0; a rare pixel reaches the root of the number of rows, 32 for digits.
LARGE_SIGNED_INPUT = 100.0
# Digits divided by 16 twice span 0.06; a honest scaling spans 1 or more.
SMALL_SPAN = 0.1

_SCALARS = {"Mul", "RealDiv", "Add", "AddV2", "Sub"}
_PLAIN_LAYERS = frozenset(
    {"Dense", "Flatten", "Reshape", "Dropout", "Activation", "ReLU", "Softmax", "Conv1D", "Conv2D"}
)


def unscaled_input(view: NetworkView) -> Explanation | None:
    """Features far from the range in which networks learn well."""
    span = _span(view)
    if span is None:
        return None
    low, high = span
    limit = LARGE_SIGNED_INPUT if low < 0 else LARGE_INPUT
    if max(abs(low), abs(high)) <= limit:
        return None
    data_range = _range(view.rows("x_train"))
    if data_range is not None and max(map(abs, data_range)) <= LARGE_INPUT:
        return Explanation(
            _(
                "The features that reach the first layer go from {low:g} to {high:g}. Initial weights and usual "
                "learning rates are made for inputs of about 1; with larger ones the first steps are too long "
                "and units saturate. Hand on x_train as it is: it goes from {least:.3g} to {most:.3g}.",
                low=low,
                high=high,
                least=data_range[0],
                most=data_range[1],
            )
        )
    return Explanation(
        _(
            "The features that reach the first layer go from {low:g} to {high:g}. Initial weights and usual "
            "learning rates are made for inputs of about 1; with larger ones the first steps are too long "
            "and units saturate. Standardise them: subtract the mean of each column of the training rows and "
            "divide by its standard deviation.",
            low=low,
            high=high,
        )
    )


def scaled_twice(view: NetworkView) -> Explanation | None:
    """Features that were divided once too often."""
    span, data_range = _span(view), _range(view.rows("x_train"))
    if (
        span is None
        or data_range is None
        or not 0 < span[1] - span[0] < SMALL_SPAN <= data_range[1] - data_range[0]
    ):
        return None
    return Explanation(
        _(
            "The features that reach the first layer only go from {low:.4g} to {high:.4g}: they look scaled "
            "twice. All rows then look almost the same to the network, and it learns slowly. x_train goes from "
            "{least:.3g} to {most:.3g} already: scale in one place only.",
            low=span[0],
            high=span[1],
            least=data_range[0],
            most=data_range[1],
        )
    )


def _range(rows: Array | None) -> tuple[float, float] | None:
    if rows is None or not rows.size or rows.dtype.kind not in "biuf":
        return None
    return float(rows.min()), float(rows.max())


def _span(view: NetworkView) -> tuple[float, float] | None:
    """Return smallest and largest feature that the first kernel gets: what `fit` got, scaled as the graph does."""
    fit = view.fit
    scaling = _scaling(view)
    if fit is None or fit.x_range is None or scaling is None:
        return None
    factor, shift = scaling
    low, high = sorted(factor * x + shift for x in fit.x_range)
    return low, high


def _scaling(view: NetworkView) -> tuple[float, float] | None:
    """Return a and b if the first kernel is given a·x + b; None where it is given something else."""
    graph = view.model.graph if view.model is not None else None
    if graph is None or not graph.kernels:
        plain = view.chain and all(layer.kind in _PLAIN_LAYERS for layer in view.chain)
        return (1.0, 0.0) if plain else None
    factor, shift = 1.0, 0.0
    kernel = view.nodes[graph.kernels[0][0]]
    node = view.computing_node(kernel.inputs[0]) if kernel.inputs else None
    for _round in range(len(view.nodes)):
        if node is None or node.op == "Placeholder":
            break
        value = view.constant_value(node.inputs[1]) if len(node.inputs) == 2 and node.op in _SCALARS else None
        if value is None or (node.op == "RealDiv" and value == 0):
            return None
        match node.op:
            case "Mul":
                factor *= value
            case "RealDiv":
                factor /= value
            case "Sub":
                shift -= factor * value
            case _:
                shift += factor * value
        node = view.computing_node(node.inputs[0])
    return (factor, shift) if node is not None else None


def integer_input(view: NetworkView) -> Explanation | None:
    """Fractions turned into integers: what is behind the point is gone."""
    fit, x_train = view.fit, view.rows("x_train")
    if fit is None or fit.x_range is None or x_train is None or x_train.dtype.kind != "f" or not x_train.size:
        return None
    # Numbers larger than those of x_train were multiplied before, so that something of them is left.
    is_integer = np.dtype(_dtype_or_float(fit.x_dtype)).kind in "biu"
    if not is_integer or max(map(abs, fit.x_range)) > float(np.abs(x_train).max()):
        return None
    if (x_train == np.round(x_train)).all():
        return None
    return Explanation(
        _(
            "fit was given features of type {dtype}. As integers they have lost everything behind the point: "
            "x_train goes from {least:.3g} to {most:.3g}, and all numbers between 0 and 1 have become 0. Keep "
            "them as float32.",
            dtype=fit.x_dtype,
            least=float(x_train.min()),
            most=float(x_train.max()),
        )
    )


def _dtype_or_float(dtype: str) -> str:
    return (
        dtype
        if dtype in {"bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"}
        else "float32"
    )
