"""What the losses that have a name here give for the batches of `grader.protocol.loss_trial`.

Source of the formulas: `keras.losses`.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from grader.core.arrays import Array
from grader.protocol.loss_trial import SCATTERED, make_batches
from grader.protocol.task import LabelForm

# The name of a loss that compares each label of a batch with each output: rows (n,) against columns (n, 1).
ALL_PAIRS = "all_pairs"
# The names of Keras's losses, each in one spelling. A test compares them with the installed version.
KERAS_LOSSES = frozenset(
    {
        "binary_crossentropy",
        "binary_focal_crossentropy",
        "categorical_crossentropy",
        "categorical_focal_crossentropy",
        "categorical_generalized_cross_entropy",
        "categorical_hinge",
        "circle",
        "cosine_similarity",
        "ctc",
        "dice",
        "hinge",
        "huber",
        "kl_divergence",
        "log_cosh",
        "mean_absolute_error",
        "mean_absolute_percentage_error",
        "mean_squared_error",
        "mean_squared_logarithmic_error",
        "poisson",
        "sparse_categorical_crossentropy",
        "squared_hinge",
        "tversky",
    }
)

_EPSILON, _NEARLY_ONE = 1e-7, 1 - 2.0**-23  # at which Keras clips probabilities, in single precision
_FOCUS, _BALANCE = 2.0, 0.25  # gamma and alpha of the focal losses


class KnownLoss(NamedTuple):
    """A loss with a name, and its value for each batch of scattered outputs, with right labels and with others."""

    name: str
    from_logits: bool
    values: Array


_BatchValues = list[tuple[str, bool, float]]  # name, `from_logits` and the mean over one batch


@lru_cache(maxsize=32)
def compute_known_losses(form: LabelForm, units: int, rows: int) -> tuple[KnownLoss, ...]:
    """Return the values of all known losses for the batches of a form of labels.

    Losses that take integers for one-hot rows are among them, so a name may come twice.
    """
    batches = make_batches(form, units, rows)
    pairs = batches.pairs()[: 2 * SCATTERED]
    of_batches = [_compute_means(form, labels, outputs.astype(np.float64)) for labels, outputs in pairs]
    return tuple(
        KnownLoss(name, from_logits, np.array([of_batch[i][2] for of_batch in of_batches]))
        for i, (name, from_logits, _) in enumerate(of_batches[0])
    )


def compute_smoothed_loss(form: LabelForm, units: int, rows: int, from_logits: bool, smoothing: float) -> Array:
    """Return the values of the usual cross-entropy with smoothed labels, for each batch of scattered outputs.

    `smoothing`: from 0 to 1, the share of the label that goes to all classes alike.
    """
    batches = make_batches(form, units, rows)
    count = 2 if form == "yes_no" else units
    target = np.eye(count)[batches.labels] * (1 - smoothing) + smoothing / count
    values = []
    for batch in batches.outputs["scattered"]:
        outputs = batch.astype(np.float64)
        if form == "yes_no":
            compute = _binary_cross_entropy_of_raw if from_logits else _binary_cross_entropy
            values.append(compute(target[:, 1:], outputs).mean())
        else:
            shares = np.exp(outputs) if from_logits else outputs
            shares = np.clip(shares / shares.sum(axis=1, keepdims=True), _EPSILON, 1 - _EPSILON)
            values.append(-(target * np.log(shares)).sum(axis=1).mean())
    return np.array(values)


def _compute_means(form: LabelForm, labels: Array, outputs: Array) -> _BatchValues:
    column = labels[:, None].astype(np.float64)
    if form == "numbers":
        return _of_numbers(column, outputs)
    if form == "yes_no":
        return _of_yes_no(column, outputs)
    classes = _of_classes(np.eye(outputs.shape[1])[labels], outputs, "sparse_" if form == "integers" else "")
    if form == "integers":
        return classes + _of_integers_as_rows(column, outputs)
    return [*classes, ("categorical_focal_crossentropy", False, _focal(np.eye(outputs.shape[1])[labels], outputs))]


def _of_distances(y: Array, p: Array) -> _BatchValues:
    size = np.abs(p - y)
    return [
        ("mean_squared_error", False, (size**2).mean()),
        ("mean_absolute_error", False, size.mean()),
        ("huber", False, np.where(size <= 1, size**2 / 2, size - 0.5).mean()),
        ("log_cosh", False, (size + np.log1p(np.exp(-2 * size)) - np.log(2)).mean()),
    ]


def _of_numbers(y: Array, p: Array) -> _BatchValues:
    logarithms = [np.log(np.maximum(numbers, _EPSILON) + 1) for numbers in (y, p)]
    return [
        *_of_distances(y, p),
        ("mean_absolute_percentage_error", False, 100 * (np.abs(y - p) / np.maximum(np.abs(y), _EPSILON)).mean()),
        ("mean_squared_logarithmic_error", False, ((logarithms[0] - logarithms[1]) ** 2).mean()),
        ("binary_crossentropy", False, _binary_cross_entropy(y, p).mean()),
        ("binary_crossentropy", True, _binary_cross_entropy_of_raw(y, p).mean()),
        (ALL_PAIRS, False, ((p - y.T) ** 2).mean()),
        (ALL_PAIRS, False, np.abs(p - y.T).mean()),
    ]


def _of_yes_no(y: Array, p: Array) -> _BatchValues:
    entropy = _binary_cross_entropy(y, p)
    right = y * p + (1 - y) * (1 - p)
    return [
        ("binary_crossentropy", False, entropy.mean()),
        ("binary_crossentropy", True, _binary_cross_entropy_of_raw(y, p).mean()),
        ("binary_focal_crossentropy", False, ((1 - right) ** _FOCUS * entropy).mean()),
        *_of_distances(y, p),
        *_of_hinges(y, p),
        (ALL_PAIRS, False, _binary_cross_entropy(y.T, p).mean()),
        (ALL_PAIRS, True, _binary_cross_entropy_of_raw(y.T, p).mean()),
    ]


def _of_classes(y: Array, p: Array, prefix: str) -> _BatchValues:
    logarithm = np.log(np.clip(p / p.sum(axis=1, keepdims=True), _EPSILON, 1 - _EPSILON))
    log_softmax = p - np.log(np.exp(p).sum(axis=1, keepdims=True))
    right, best_other = (y * p).sum(axis=1), ((1 - y) * p).max(axis=1)
    return [
        (f"{prefix}categorical_crossentropy", False, -(y * logarithm).sum(axis=1).mean()),
        (f"{prefix}categorical_crossentropy", True, -(y * log_softmax).sum(axis=1).mean()),
        ("binary_crossentropy", False, _binary_cross_entropy(y, p).mean()),
        ("binary_crossentropy", True, _binary_cross_entropy_of_raw(y, p).mean()),
        *_of_distances(y, p),
        *_of_hinges(y, p),
        ("categorical_hinge", False, np.maximum(best_other - right + 1, 0).mean()),
        ("cosine_similarity", False, -(right / np.linalg.norm(p, axis=1)).mean()),
    ]


def _focal(y: Array, p: Array) -> float:
    weights = _BALANCE * y * (1 - p) ** _FOCUS
    return float(-(weights * np.log(np.clip(p, _EPSILON, 1 - _EPSILON))).sum(axis=1).mean())


def _of_integers_as_rows(y: Array, p: Array) -> _BatchValues:
    logarithm = np.log(np.clip(p, _EPSILON, 1))
    return [
        ("mean_squared_error", False, ((p - y) ** 2).mean()),
        ("mean_absolute_error", False, np.abs(p - y).mean()),
        ("categorical_crossentropy", False, -(y * logarithm).sum(axis=1).mean()),
        ("categorical_crossentropy", False, -(y * logarithm).mean()),
    ]


def _of_hinges(y: Array, p: Array) -> _BatchValues:
    short = np.maximum(1 - (2 * y - 1) * p, 0)
    return [("hinge", False, short.mean()), ("squared_hinge", False, (short**2).mean())]


def _binary_cross_entropy(y: Array, p: Array) -> Array:
    shares = np.clip(p, _EPSILON, _NEARLY_ONE)
    entropy: Array = -(y * np.log(shares) + (1 - y) * np.log(1 - shares))
    return entropy


def _binary_cross_entropy_of_raw(y: Array, p: Array) -> Array:
    entropy: Array = np.logaddexp(0.0, p) - y * p
    return entropy
