"""How large a loss is for the best answer that is the same for all rows, as a measure of its size."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from grader.core.arrays import Array
from grader.evidence.loss_identity import Finding, IdentifiedLoss
from grader.evidence.losses import compute_loss
from grader.protocol.evidence import CompileFacts, LossTrial
from grader.protocol.loss_trial import DISTANCES, MARGINS, SCATTERED, SHARES, make_batches
from grader.protocol.task import Task

_CANDIDATES = 41  # quantiles of the labels that are tried as the one answer
_EPSILON = 1e-7  # of keras.losses, below which a number counts as that
_FIT = 0.02  # of the largest value of a trial: a loss whose values differ by less is the same
_DELTAS = tuple(np.geomspace(0.02, 12.0, 120))  # of the Huber loss; beyond, a trial cannot tell them apart


class LossSize(NamedTuple):
    """Between which numbers a loss lies; both are the same where it is known."""

    low: float
    high: float

    def times(self, factor: float) -> "LossSize":
        """Return the size of the loss times a factor above 0."""
        return LossSize(self.low * factor, self.high * factor)

    @property
    def middle(self) -> float:
        """Return a number to show for it."""
        return float(np.sqrt(self.low * self.high))


def measure_constant_answer(
    loss: IdentifiedLoss, compiled: CompileFacts, arrays: Mapping[str, Array], task: Task, labels: Array
) -> LossSize | None:
    """Return how large a loss is for the best answer that is the same for all rows; None where that is not known.

    Args:
        loss: what the trial says of it.
        compiled: the arguments of `compile` that belong to the output, with the trial.
        arrays: of the step that saw these.
        task: of the output.
        labels: those that it is trained with, shape (n,).
    """
    if task.kind == "regression":
        size = _measure_numbers(loss, compiled, arrays, labels.astype(np.float64).reshape(-1))
    else:
        size = _measure_classes(loss, compiled, arrays, task, labels)
    is_number = size is not None and np.isfinite(size.high) and size.low > 0
    return size.times(loss.factor) if size is not None and is_number else None


def _measure_numbers(
    loss: IdentifiedLoss, compiled: CompileFacts, arrays: Mapping[str, Array], labels: Array
) -> LossSize | None:
    trial, values = _find_trial(compiled, arrays, ("numbers",))
    if loss.finding is Finding.PROPER:
        return None if trial is None else _measure_by_ladder(trial, values, labels)
    if loss.finding is not Finding.NAMED:
        return None
    if loss.name == "huber" and not loss.is_own and trial is not None:
        return _measure_huber(trial, values, labels)
    formula = huber(1.0) if loss.name == "huber" else _FORMULAS.get(loss.name)
    return None if formula is None else _of_best(formula, labels)


def _of_best(formula: "_Formula", labels: Array) -> LossSize:
    answers = [*np.quantile(labels, np.linspace(0.0, 1.0, _CANDIDATES)), labels.mean()]
    value = min(float(formula(labels, np.full_like(labels, answer)).mean()) for answer in answers)
    return LossSize(value, value)


_Formula = Callable[[Array, Array], Array]


def huber(delta: float) -> _Formula:
    """Return the Huber loss: a square up to a distance `delta`, and a straight line beyond."""

    def compute(y: Array, p: Array) -> Array:
        size = np.abs(p - y)
        result: Array = np.where(size <= delta, size**2 / 2, delta * (size - delta / 2))
        return result

    return compute


def _log_cosh(y: Array, p: Array) -> Array:
    size = np.abs(p - y)
    result: Array = size + np.log1p(np.exp(-2 * size)) - np.log(2)
    return result


def _squared_logarithms(y: Array, p: Array) -> Array:
    logarithms = [np.log(np.maximum(numbers, _EPSILON) + 1) for numbers in (y, p)]
    result: Array = (logarithms[0] - logarithms[1]) ** 2
    return result


# Source: the formulas of `keras.losses`.
_FORMULAS: Mapping[str, _Formula] = {
    "mean_squared_error": lambda y, p: (p - y) ** 2,
    "mean_absolute_error": lambda y, p: np.abs(p - y),
    "mean_absolute_percentage_error": lambda y, p: 100 * np.abs(y - p) / np.maximum(np.abs(y), _EPSILON),
    "mean_squared_logarithmic_error": _squared_logarithms,
    "log_cosh": _log_cosh,
}


def _measure_huber(trial: LossTrial, values: Array, labels: Array) -> LossSize | None:
    """Return the size of Keras's Huber loss, whose delta the trial tells, and whether it is a mean or a sum."""
    batches = make_batches("numbers", trial.units, trial.rows)
    values = values[:SCATTERED].astype(np.float64)
    pairs = [(batches.labels.astype(np.float64), batch[:, 0]) for batch in batches.outputs["scattered"]]
    fitting = [
        (factor, delta)
        for factor in (1.0, float(trial.rows))
        for delta in _DELTAS
        if _is_like(values, factor * np.array([huber(delta)(y, p).mean() for y, p in pairs]))
    ]
    sizes = [_of_best(huber(delta), labels).times(factor) for factor, delta in fitting]
    if any(delta == _DELTAS[-1] for _factor, delta in fitting):  # or a larger one
        sizes.append(_of_best(_FORMULAS["mean_squared_error"], labels).times(0.5 * fitting[-1][0]))
    return LossSize(min(s.low for s in sizes), max(s.high for s in sizes)) if sizes else None


def _is_like(values: Array, expected: Array) -> bool:
    return bool(np.abs(values - expected).max() <= _FIT * float(np.abs(expected).max()))


def _measure_by_ladder(trial: LossTrial, values: Array, labels: Array) -> LossSize | None:
    """Return between which numbers a loss of the student's own lies, by what it gives for some distances.

    Beyond the largest of these, it does not fall, and hardly rises faster than a square.
    """
    batches = make_batches("numbers", trial.units, trial.rows)
    if len(values) != len(batches.pairs()):
        return None
    ladder, last = batches.split(values.astype(np.float64))["distances"], DISTANCES[-1]

    def low(y: Array, p: Array) -> Array:
        result: Array = np.interp(p - y, DISTANCES, ladder)
        return result

    def high(y: Array, p: Array) -> Array:
        result: Array = low(y, p) * np.maximum(1.0, np.abs(p - y) / last) ** 2
        return result

    return LossSize(_of_best(low, labels).low, _of_best(high, labels).high)


def _measure_classes(
    loss: IdentifiedLoss, compiled: CompileFacts, arrays: Mapping[str, Array], task: Task, labels: Array
) -> LossSize | None:
    shares = np.bincount(labels.astype(int), minlength=task.classes) / len(labels)
    if loss.finding is Finding.NAMED:
        is_single = loss.name == "binary_crossentropy" and task.classes == 2
        outputs = np.tile(shares[1:] if is_single else shares, (len(labels), 1))
        # These are shares, whatever the network gives.
        value = compute_loss(loss.name, outputs, labels, from_logits=False, smoothing=compiled.label_smoothing)
        return None if value is None else LossSize(value, value)
    trial, values = _find_trial(compiled, arrays, ("integers", "one_hot", "yes_no"))
    batches = make_batches(trial.form, trial.units, trial.rows) if trial is not None else None
    if batches is None or len(values) != len(batches.pairs()) or loss.finding is not Finding.PROPER:
        return None
    parts, shares = batches.split(values.astype(np.float64)), np.clip(shares, SHARES[0], SHARES[-1])
    if loss.from_logits:
        margins = np.log(shares * (task.classes - 1) / (1 - shares))
        costs = np.interp(margins, MARGINS, parts["margins"])
    else:
        costs = np.interp(np.log(shares), np.log(SHARES), parts["shares"])
    value = float((shares * costs).sum())
    return LossSize(value, value)


def _find_trial(
    compiled: CompileFacts, arrays: Mapping[str, Array], forms: tuple[str, ...]
) -> tuple[LossTrial | None, Array]:
    """Return the trial for one of some forms of labels that gave numbers, with its values; else None."""
    for trial in compiled.trials:
        values = arrays.get(trial.ref)
        if trial.form not in forms or values is None or len(values) < SCATTERED:
            continue
        if np.isfinite(values[:SCATTERED]).all():
            return trial, values
    return None, np.zeros(0)
