"""Tell the activations at a network's output from the numbers that come out, however they were written.

The replay puts `LOGITS` in place of what the last weights give, and records what each node from there to the
output makes of them. Here these values are compared with the formulas of activations.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import erf

import numpy as np

from grader.core.arrays import Array

_ROWS, _COLUMNS = 24, 64
TOLERANCE = 1e-4  # of values computed in single precision, relative to the largest
CONSTANT = 1e-6
# Of all nodes together: 32 nodes with 100 outputs each. Each is compared with each, by every formula.
MAX_VALUES = 250_000
# Up to where the inverse of a sigmoid or softmax is known well enough in single precision.
_CLEAR = 1e-3


def _draw_logits() -> Array:
    """Return a row of zeros, rows a, rows b, and rows a + b, of all sizes: (1 + 3 * 24, 64) numbers."""
    random = np.random.default_rng(20260)
    sizes = np.repeat([1.0, 3.0, 10.0, 25.0], _ROWS // 4)[:, None]
    # Up to 70 in the sums: the exponential of that is a number in single precision.
    a, b = (np.clip(random.normal(0.0, 1.0, (_ROWS, _COLUMNS)) * sizes, -35.0, 35.0) for _ in range(2))
    return np.concatenate([np.zeros((1, _COLUMNS)), a, b, a + b]).astype(np.float32)


LOGITS = _draw_logits()


@dataclass(frozen=True)
class Head:
    """What comes after the last weights of a network."""

    # Names of activations in their order; "linear" is a factor or summand behind one, "other" is none known here.
    activations: tuple[str, ...]
    name: str  # of all of them together: "linear" for none, "probability" for another one that goes from 0 to 1

    is_constant: bool = False  # the output is the same for all numbers

    @property
    def stacked(self) -> tuple[str, ...]:
        """Return the activations where two or more that are known stand right behind one another, else nothing."""
        is_known = not {"other", "linear"}.intersection(self.activations)
        return self.activations if len(self.activations) > 1 and is_known else ()


def identify_head(values: Sequence[Array]) -> Head | None:
    """Return what the nodes from the last weights to the output compute together.

    Args:
        values: for each node in their order, one row for each row of `LOGITS`, the first `LOGITS` itself.

    Returns:
        None where that cannot be told: values that are not finite, or not one row for each, or far too many.
    """
    if sum(value.size for value in values) > MAX_VALUES:
        return None
    by_row = [value.size > 0 and value.ndim > 0 and len(value) == len(LOGITS) for value in values]
    if not by_row or not by_row[0] or not by_row[-1]:
        return None
    # One that is transposed on the way, say, is passed over.
    tables = [
        value.reshape(len(value), -1).astype(np.float64)
        for value, is_table in zip(values, by_row, strict=True)
        if is_table
    ]
    if not np.isfinite(tables[-1]).all():
        return None
    if float(np.ptp(tables[-1])) <= CONSTANT * max(1.0, float(np.abs(tables[-1]).max())):
        is_softmax = np.allclose(tables[-1], 1.0) and tables[-1].shape[1] == 1
        name = "softmax" if is_softmax else "constant"
        return Head((name,), name, is_constant=True)
    activations = tuple(_read_activations(tables))
    return Head(activations, _name_together(activations, tables))


def _read_activations(tables: Sequence[Array]) -> list[str]:
    """Return the activations on the way, first to last."""
    last = len(tables) - 1
    linear = [i for i, table in enumerate(tables) if _is_affine(table)]
    start = max(linear, default=0)  # none where half precision has rounded the numbers
    for i in linear:  # a factor may be a part of the formula, as in -softplus(-z)
        if start < last and (name := _name_activation(tables[i], tables[last], is_scaled=True)):
            return [name]
    activations: list[str] = []
    while start < last:
        end, name = _find_next(tables, start, is_scaled=not activations)
        if name:
            activations.append(name)
        start = end
    return activations


def _find_next(tables: Sequence[Array], start: int, *, is_scaled: bool) -> tuple[int, str]:
    """Return how far one activation leads at most, and its name; "" where the values stay the same.

    `is_scaled`: with a factor and a summand in front of the activation, which count as those of the last weights.
    """
    ends = range(len(tables) - 1, start, -1)
    for end in ends:
        if tables[end].shape == tables[start].shape and _is_close(tables[end], tables[start]):
            return end, ""
    for end in ends:
        if name := _name_activation(tables[start], tables[end], is_scaled=is_scaled):
            return end, name
    # A factor behind an activation; in front of the first one, it was passed over already.
    for end in ends:
        if _is_scaled(tables[start], tables[end]):
            return end, "linear"
    return start + 1, "other"


def _is_affine(values: Array) -> bool:
    """Return whether values are a linear function of `LOGITS` plus a constant: f(a + b) = f(a) + f(b) - f(0)."""
    if not np.isfinite(values).all():
        return False
    zero, a, b, both = values[:1], *np.split(values[1:], 3)
    return _is_close(both + zero, a + b, scale=float(np.abs(values).max()))


def _is_close(one: Array, other: Array, scale: float = 0.0) -> bool:
    if one.shape != other.shape or not (np.isfinite(one).all() and np.isfinite(other).all()):
        return False
    scale = max(scale, 1.0, float(np.abs(other).max(initial=0.0)))
    # Large values must not hide what happens to small ones.
    return bool((np.abs(one - other) <= TOLERANCE * (0.1 * scale + np.abs(other))).all())


def _is_scaled(one: Array, other: Array) -> bool:
    """Return whether each column of a table is a factor times that of the other one, plus a summand."""
    if one.shape != other.shape or not np.isfinite(one).all():
        return False
    slopes, shifts = _fit_columns(one, other)
    return _is_close(one * slopes + shifts, other)


def _fit_columns(x: Array, y: Array, weights: Array | None = None) -> tuple[Array, Array]:
    """Return slope and summand of the straight line through each column of y over that of x, by least squares."""
    weights = np.ones_like(x) if weights is None else weights
    total = np.maximum(weights.sum(axis=0), 1e-12)
    x_mean, y_mean = (weights * x).sum(axis=0) / total, (weights * y).sum(axis=0) / total
    spread = np.maximum((weights * (x - x_mean) ** 2).sum(axis=0), 1e-12)
    slopes = (weights * (x - x_mean) * (y - y_mean)).sum(axis=0) / spread
    shifts: Array = y_mean - slopes * x_mean
    return slopes, shifts


# The formulas.


def _sigmoid(z: Array) -> Array:
    values: Array = 1.0 / (1.0 + np.exp(-np.clip(z, -700.0, 700.0)))
    return values


def _softmax(z: Array, axis: int = 1) -> Array:
    powers = np.exp(z - z.max(axis=axis, keepdims=True))
    shares: Array = powers / powers.sum(axis=axis, keepdims=True)
    return shares


def _log_softmax(z: Array) -> Array:
    shifted = z - z.max(axis=1, keepdims=True)
    logs: Array = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return logs


def _selu(z: Array) -> Array:
    # Klambauer et al. (2017), "Self-normalizing neural networks".
    alpha, scale = 1.6732632423543772, 1.0507009873554805
    return scale * np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0.0)))


_FORMULAS: Mapping[str, Callable[[Array], Array]] = {
    "relu": lambda z: np.maximum(z, 0.0),
    "relu6": lambda z: np.clip(z, 0.0, 6.0),
    "elu": lambda z: np.where(z > 0, z, np.expm1(np.minimum(z, 0.0))),
    "selu": _selu,
    "softplus": lambda z: np.logaddexp(0.0, z),
    "softsign": lambda z: z / (1.0 + np.abs(z)),
    "silu": lambda z: z * _sigmoid(z),
    "gelu": lambda z: 0.5 * z * (1.0 + np.vectorize(erf)(z / np.sqrt(2.0))),
    "approximate gelu": lambda z: 0.5 * z * (1.0 + np.tanh(np.sqrt(2.0 / np.pi) * (z + 0.044715 * z**3))),
    "log_softmax": _log_softmax,
    "log_sigmoid": lambda z: -np.logaddexp(0.0, -z),
    "hard_tanh": lambda z: np.clip(z, -1.0, 1.0),
    "sigmoid": _sigmoid,
    "tanh": np.tanh,
    "softmax": _softmax,
    "exponential": np.exp,
    "square": lambda z: z**2,
    "absolute value": np.abs,
    "softmax over the rows": lambda z: _softmax(z, axis=0),
}  # fmt: skip


def _name_activation(z: Array, values: Array, *, is_scaled: bool) -> str:
    """Return the name of the activation that makes `values` of z; "" where none of those known here does.

    `is_scaled`: z times a factor and plus a summand will do.
    """
    if values.shape != z.shape or not np.isfinite(z).all():
        return ""
    with np.errstate(over="ignore", invalid="ignore"):
        for name, formula in _FORMULAS.items():
            if _is_close(formula(z), values):
                return name
    if is_scaled:
        if _is_of_family(z, values):
            return "sigmoid"
        if _is_of_family(z, (values + 1.0) / 2.0):
            return "tanh"
        if _is_softmax(z, values):
            return "softmax"
    return "leaky_relu" if _is_leaky(z, values) else ""


def _is_of_family(z: Array, shares: Array) -> bool:
    """Return whether shares are the sigmoid of z times a factor plus a summand, for each column its own."""
    clear = (shares > _CLEAR) & (shares < 1.0 - _CLEAR)
    if (clear.sum(axis=0) < 2).any() or shares.min() < -TOLERANCE or shares.max() > 1.0 + TOLERANCE:
        return False
    inside = np.clip(shares, _CLEAR, 1.0 - _CLEAR)
    slopes, shifts = _fit_columns(z, np.log(inside) - np.log1p(-inside), clear.astype(np.float64))
    return bool(np.abs(slopes).min() > TOLERANCE) and _is_near(_sigmoid(z * slopes + shifts), shares)


def _is_near(one: Array, other: Array) -> bool:
    """Return whether shares are equal, where a factor was fitted to them first."""
    return bool(np.abs(one - other).max() <= 10 * TOLERANCE)


def _is_softmax(z: Array, shares: Array) -> bool:
    """Return whether shares are the softmax of z times one factor plus summands."""
    if shares.shape[1] < 2 or shares.min() < -TOLERANCE or not np.allclose(shares.sum(axis=1), 1.0, atol=1e-3):
        return False
    clear = (shares > 1e-5).all(axis=1)
    if clear.sum() < 2:
        return False
    logs = np.log(shares[clear])
    x, y = z[clear] - z[clear].mean(axis=1, keepdims=True), logs - logs.mean(axis=1, keepdims=True)
    x_spread, y_spread = x - x.mean(axis=0), y - y.mean(axis=0)
    slope = float((x_spread * y_spread).sum() / max(float((x_spread**2).sum()), 1e-12))
    shifts = y.mean(axis=0) - slope * x.mean(axis=0)
    return abs(slope) > TOLERANCE and _is_near(_softmax(slope * z + shifts), shares)


def _is_leaky(z: Array, values: Array) -> bool:
    negative = z < 0
    if not negative.any():
        return False
    slope = float((values[negative] * z[negative]).sum() / (z[negative] ** 2).sum())
    return 0.0 < slope < 1.0 and _is_close(np.where(negative, slope * z, z), values)


def _name_together(activations: tuple[str, ...], tables: Sequence[Array]) -> str:
    if not activations:
        return "linear"
    name = activations[-1]
    if name not in {"other", "linear"}:
        return name
    if _is_probability(tables[0], tables[-1]):
        return "probability"
    return "other" if name == "other" else f"scaled {activations[-2]}"


def _is_probability(z: Array, values: Array) -> bool:
    """Return whether each number is squeezed for itself between 0 and 1, from near the one to near the other."""
    if values.shape != z.shape or values.min() < -TOLERANCE or values.max() > 1.0 + TOLERANCE:
        return False
    for x, y in zip(z.T, values.T, strict=True):
        steps = np.diff(y[np.argsort(x)])
        is_monotonic = (steps >= -TOLERANCE).all() or (steps <= TOLERANCE).all()
        if not is_monotonic or y.min() > _NEAR_END or y.max() < 1.0 - _NEAR_END:
            return False
    return True


_NEAR_END = 0.1
