"""How far a network is from a straight line, or plane, in its rows: told from what it gives for them alone.

What it gives in front of its output activation is compared with the plane of least squares through it. So it
counts what a network computes, and not how it is written: Flatten, Rescaling, Normalization and
BatchNormalization leave a plane a plane, and everything that bends does not.
"""

from dataclasses import dataclass

import numpy as np

from grader.core.arrays import Array
from grader.evidence.case import Case
from grader.evidence.network import Model, read_network
from grader.evidence.replay_rows import list_rows
from grader.protocol.training import Training

# Shares of the standard deviation that a plane leaves unexplained. A relu or a sine at the features leaves a tenth
# or more, and half precision a hundredth. Single precision leaves a millionth: between the two, nothing is said.
BENT = 0.02
STRAIGHT = 1e-4
MAX_FEATURES = 1024  # more take too long
# A sigmoid has lost too many digits of its logit where it is closer to 0 or 1; a softmax where it is nearly 0.
_CLEAR, _NOT_ZERO = 0.01, 1e-30
_ROUNDING = 1e-4  # as a share of the standard deviation: a summand that moves no further stays as it is
_FLAT = 1e-4  # a standard deviation that is no larger, as a share of the values, cannot be told from rounding
# Likewise, in units of what stood in front of the activation: where a sigmoid says the same for all rows, its last
# digits are all that differs. 0.5 and the number before it are 1e-7 apart there, and a hundred times that at 0.99.
_FLAT_LOGITS = {"linear": 1e-10, "sigmoid": 1e-3, "softmax": 1e-3}


@dataclass(frozen=True)
class Plane:
    """The plane of least squares through what a network gives for its rows."""

    bend: float  # what it leaves unexplained, as a share of the standard deviation
    at_zero: Array  # (units,): its values where all features are 0
    spread: float  # standard deviation of the values
    has_rows_to_spare: bool  # as many again as it has numbers: one that goes through all rows is no chance


def fit_plane(rows: Array, values: Array, activation: str = "linear") -> Plane | None:
    """Return the plane of least squares through values (n, units) for rows (n, features).

    `activation`: behind which the values were read (`read_logits`).

    Returns:
        None where nothing can be told: values that are all the same, or fewer rows than it takes.
    """
    usable = np.isfinite(rows).all(axis=1) & np.isfinite(values).all(axis=1)
    x, y = rows[usable].astype(np.float64), values[usable].astype(np.float64)
    if not len(x) or not y.size or x.shape[1] > MAX_FEATURES:
        return None
    spread = float(np.sqrt(y.var(axis=0).mean()))
    if spread <= max(_FLAT * float(np.abs(y).max()), _FLAT_LOGITS[activation]):
        return None
    middle, scale = x.mean(axis=0), x.std(axis=0)
    scale[scale == 0.0] = 1.0
    table = np.column_stack([(x - middle) / scale, np.ones(len(x))])
    factors, _unused, rank, _unused = np.linalg.lstsq(table, y, rcond=None)
    if len(x) < rank + 1:
        return None
    left = y - table @ factors
    at_zero = factors[-1] - (middle / scale) @ factors[:-1]
    return Plane(float(np.sqrt((left**2).mean())) / spread, at_zero, spread, len(x) >= 2 * rank)


def read_logits(outputs: Array, activation: str) -> Array | None:
    """Return what stood in front of an output activation, NaN in rows that do not tell.

    Args:
        outputs: shape (n,) or (n, units).
        activation: "linear", "sigmoid" or "softmax", whose logits are known up to a summand for each row.

    Returns:
        None for other activations, and for other shapes.
    """
    values = (outputs[:, None] if outputs.ndim == 1 else outputs).astype(np.float64)
    if values.ndim != 2 or outputs.dtype.itemsize < np.dtype(np.float32).itemsize:
        return None
    if activation == "linear":
        return values
    if activation == "sigmoid":
        clear = np.where((values > _CLEAR) & (values < 1.0 - _CLEAR), values, np.nan)
        logits: Array = np.log(clear) - np.log1p(-clear)
        return logits
    if activation == "softmax":
        logs = np.log(np.where(values > _NOT_ZERO, values, np.nan))
        centred: Array = logs - logs.mean(axis=1, keepdims=True)
        return centred
    return None


def fit_network(case: Case, training: Training, model: Model) -> Plane | None:
    """Return the plane through what a network gives in front of its output activation, for all rows of a training.

    Returns:
        None where that cannot be told: another activation, answers that differ for one row, too few rows.
    """
    if model.graph is None or not model.has_one_answer:
        return None
    rows = list_rows(case.inside, case.outside, training, case.seal)
    roles = [role for role in rows if role in model.outputs and len(model.outputs[role]) == len(rows[role])]
    if not roles or len({model.outputs[role].shape[1:] for role in roles}) != 1:
        return None
    # As the graph got them.
    x = np.concatenate([rows[role].reshape(len(rows[role]), -1).astype(np.float32) for role in roles])
    logits = read_logits(np.concatenate([model.outputs[role] for role in roles]), model.output_activation)
    if logits is None or x.shape[1] > MAX_FEATURES:
        return None
    most = 4 * (x.shape[1] + 1) + 1000
    chosen = np.unique(np.linspace(0, len(x) - 1, min(most, len(x))).astype(int))
    return fit_plane(x[chosen], logits[chosen], model.output_activation)


def is_bent(case: Case, training: Training) -> bool:
    """Return whether a network is certainly no plane in its rows, before its training or after it."""
    return any(plane is not None and plane.bend > BENT for plane in _fit_both(case, training))


def is_never_bent(case: Case, training: Training) -> bool:
    """Return whether a network certainly is a plane in its rows, before a training that changed it and after it.

    Only before it, that may be a matter of how its weights begin.
    """
    if not read_network(case, training, case.seeds[0]).has_other_kernels:
        return False
    return all(
        plane is not None and plane.has_rows_to_spare and plane.bend <= STRAIGHT
        for plane in _fit_both(case, training)
    )


def keeps_its_summand(case: Case, training: Training) -> bool:
    """Return whether training changes the kernels of a network, but not at all what it gives for zeros."""
    if not read_network(case, training, case.seeds[0]).has_other_kernels:
        return False
    before, after = _fit_both(case, training)
    if before is None or after is None or max(before.bend, after.bend) > STRAIGHT:
        return False
    rounding = _ROUNDING * max(before.spread, after.spread)
    return bool((np.abs(after.at_zero - before.at_zero) <= rounding).all())


def _fit_both(case: Case, training: Training) -> tuple[Plane | None, Plane | None]:
    """Return the planes of the network of the first seed, before its training and after it."""

    def fit() -> tuple[Plane | None, Plane | None]:
        network = read_network(case, training, case.seeds[0])
        before, after = (
            fit_network(case, training, model) if model is not None else None
            for model in (network.before, network.after)
        )
        return before, after

    return case.once((_fit_both, training), fit)
