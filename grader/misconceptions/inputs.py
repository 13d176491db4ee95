"""Misconceptions about the data that a network is given: their range, their type, and which rows they are."""

import numpy as np

from grader.checks.base import Array, Case
from grader.evidence import ArrayValue as GivenArray
from grader.evidence import Items, Returned
from grader.misconceptions.view import Shown, View
from grader.rows import row_hashes
from grader.text import T

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


def unscaled_input(view: View) -> Shown | None:
    """Features far from the range in which networks learn well."""
    span = _span(view)
    if span is None:
        return None
    low, high = span
    limit = LARGE_SIGNED_INPUT if low < 0 else LARGE_INPUT
    if max(abs(low), abs(high)) <= limit:
        return None
    return Shown(
        T(
            "The features that reach the first layer go from {low:g} to {high:g}. Initial weights and usual "
            "learning rates are made for inputs of about 1; with larger ones the first steps are too long "
            "and units saturate. Hand on features in [0, 1], as x_train has them.",
            low=low,
            high=high,
        )
    )


def scaled_twice(view: View) -> Shown | None:
    """Features that were divided once too often."""
    span = _span(view)
    if span is None or not 0 < span[1] - span[0] < SMALL_SPAN:
        return None
    return Shown(
        T(
            "The features that reach the first layer only go from {low:.4g} to {high:.4g}: they look scaled "
            "twice. All pictures then look almost the same to the network, and it learns slowly. x_train is "
            "already in [0, 1]: scale in one place only.",
            low=span[0],
            high=span[1],
        )
    )


def _span(view: View) -> tuple[float, float] | None:
    """Return smallest and largest feature that the first kernel gets: what `fit` got, scaled as the graph does."""
    fit = view.fit
    scaling = _scaling(view)
    if fit is None or fit.x_range is None or scaling is None:
        return None
    factor, shift = scaling
    low, high = sorted(factor * x + shift for x in fit.x_range)
    return low, high


def _scaling(view: View) -> tuple[float, float] | None:
    """Return a and b if the first kernel is given a·x + b; None where it is given something else."""
    graph = view.model.graph if view.model is not None else None
    if graph is None or not graph.kernels:
        plain = view.chain and all(layer.kind in _PLAIN_LAYERS for layer in view.chain)
        return (1.0, 0.0) if plain else None
    factor, shift = 1.0, 0.0
    kernel = view.nodes[graph.kernels[0][0]]
    node = view.through(kernel.inputs[0]) if kernel.inputs else None
    for _ in range(len(view.nodes)):
        if node is None or node.op == "Placeholder":
            break
        value = view.constant(node.inputs[1]) if len(node.inputs) == 2 and node.op in _SCALARS else None
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
        node = view.through(node.inputs[0])
    return (factor, shift) if node is not None else None


def integer_input(view: View) -> Shown | None:
    """Fractions turned into integers: grey values become black or white."""
    fit, given = view.fit, view.rows("x_train")
    if fit is None or fit.x_range is None or given is None or given.dtype.kind != "f":
        return None
    if np.dtype(_known(fit.x_dtype)).kind not in "biu" or max(map(abs, fit.x_range)) > 1:
        return None
    return Shown(
        T(
            "fit was given features of type {dtype}. As integers, numbers between 0 and 1 lose everything "
            "behind the point: all shades of grey become 0. Keep them as float32.",
            dtype=fit.x_dtype,
        )
    )


def _known(dtype: str) -> str:
    return (
        dtype
        if dtype in {"bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"}
        else "float32"
    )


def train_test_overlap(view: View) -> Shown | None:
    """Rows that are in both parts: in what `split` returned, or in what `fit` was given."""
    shared, held_out = _shared_in_split(view.case)
    if shared:
        return Shown(
            T(
                "split() puts {shared} of the {held_out} held-out rows into the training part too. A "
                "network may know these by heart, so the score on them says nothing about new pictures. "
                "Split once, so that each row is in one part.",
                shared=shared,
                held_out=held_out,
            ),
            "split",
        )
    count = sum(_trained_on(view, rows) for rows in (view.rows("x_val"), view.rows("x_test")))
    if not count:
        return None
    return Shown(
        T(
            "fit was given {count} rows that were meant for validation or testing. Scores on rows that were "
            "trained on say nothing about new pictures. Train on x_train only.",
            count=count,
        )
    )


def _shared_in_split(case: Case) -> tuple[int, int]:
    """Return how many held-out rows of `split` are training rows as well, and how many there are."""
    seen = case.steps.get("split@first")
    outcome = seen.evidence.outcome if seen is not None else None
    if seen is None or not isinstance(outcome, Returned) or not isinstance(outcome.value, Items):
        return 0, 0
    parts = [
        seen.arrays.get(item.ref) if isinstance(item, GivenArray) else None for item in outcome.value.items[:2]
    ]
    tables = [part for part in parts if part is not None and part.ndim == 2 and part.dtype.kind in "biuf"]
    if len(tables) != 2 or tables[0].shape[1] != tables[1].shape[1]:
        return 0, 0
    return int(np.isin(row_hashes(tables[1]), row_hashes(tables[0])).sum()), len(tables[1])


def _trained_on(view: View, rows: Array | None) -> int:
    """Return how many of `rows` `fit` was given, without those that happen to equal a training row."""
    step = view.case.steps.get(view.training.fitted(view.seed))
    train = view.rows("x_train")
    if rows is None or train is None or step is None:
        return 0
    given = [step.arrays[fit.rows] for fit in view.network.fits if fit.rows in step.arrays]
    if not given:
        return 0
    wanted = row_hashes(rows)
    return int((np.isin(wanted, np.concatenate(given)) & ~np.isin(wanted, row_hashes(train))).sum())
