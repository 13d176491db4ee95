"""Compare the labels that `fit` was given with those of the exercise, row by row: do they still belong together?

Rows are known by their hashes, so that shuffling or scaling them changes nothing. What the process of the
submission says of `fit` is a claim: it explains a lost point, and never gives one.
"""

from collections.abc import Sequence

import numpy as np

from grader.core.arrays import Array
from grader.core.i18n import Words, _
from grader.core.row_hashes import MAX_ROWS, row_hashes
from grader.evidence.case import Case
from grader.evidence.network import read_network
from grader.protocol.evidence import FitFacts
from grader.protocol.training import Training

_FEWEST = 20  # rows that both have; of fewer, nothing is concluded
_MOST_WRONG = 0.2  # share of the labels that may be others: noise or relabelled rows are no confusion
_OTHER_SPREAD, _OTHER_MEAN = 1.5, 0.5  # of the targets: a part of the rows differs less
_LEAST_ORDER = 0.8  # rank correlation of numbers with those of the exercise: any scaling keeps it at 1


def explain_foreign_labels(case: Case, training: Training) -> Words | None:
    """Return a sentence where rows and labels that `fit` got do not belong together, else None.

    Rows of a single feature cannot be told apart: what the same function did for another network holds for them.
    """

    def explain() -> Words | None:
        others = (other for other in case.trainings if other.train == training.train and other != training)
        sentences = (_explain_one(case, one) for one in (training, *others))
        return next((words for words in sentences if words is not None), None)

    return case.once((explain_foreign_labels, training), explain)


def explain_other_targets(case: Case, training: Training) -> Words | None:
    """Return a sentence where the numbers that `fit` got differ in size from those of the exercise, else None."""
    step, fit = (
        case.steps.get(training.fitted(case.seeds[0])),
        read_network(case, training, case.seeds[0]).last_fit,
    )
    if step is None or fit is None or case.task.kind != "regression" or are_exchanged(case, training, fit):
        return None
    hashes, labels = step.arrays.get(fit.rows), step.arrays.get(fit.labels)
    if hashes is None or labels is None or not _are_readable(hashes, labels):
        return None
    return _explain_targets(case, training, labels)


def _explain_one(case: Case, training: Training) -> Words | None:
    network = read_network(case, training, case.seeds[0])
    step, fit = case.steps.get(training.fitted(case.seeds[0])), network.last_fit
    if step is None or fit is None:
        return None
    if are_exchanged(case, training, fit):
        return _("fit was given the labels as its rows and the rows as its labels. The order is fit(x, y).")
    hashes, labels = step.arrays.get(fit.rows), step.arrays.get(fit.labels)
    if hashes is None or labels is None or not _are_readable(hashes, labels):
        return None
    pairs = _pair_labels(case, training, hashes, labels)
    if case.task.kind == "regression":
        confused = len(pairs) >= _FEWEST and abs(_correlate_ranks(pairs)) < _LEAST_ORDER
        return _explain_order() if confused else _explain_targets(case, training, labels)
    if len(pairs) < _FEWEST:
        return None
    usual_labels = _find_usual_labels(pairs)
    others = len(pairs) - sum(count for _label, _usual, count in usual_labels)  # classes may be renamed
    return _explain_order() if others / len(pairs) > _MOST_WRONG else _explain_classes(usual_labels)


def _are_readable(hashes: Array, labels: Array) -> bool:
    """Return whether these are hashes and labels as the grader's own recorder writes them: they are a claim."""
    is_flat = hashes.ndim == 1 and hashes.shape == labels.shape and 0 < len(labels) <= MAX_ROWS
    return is_flat and hashes.dtype.kind == "u" and labels.dtype.kind == "f" and bool(np.isfinite(labels).all())


def _explain_order() -> Words:
    return _(
        "Many of the rows that fit was given came with the label of another row: x and y are no longer in the "
        "same order. Was one of them shuffled, sorted, reversed or cut without the other?"
    )


def _explain_classes(usual_labels: Sequence[tuple[float, float, int]]) -> Words | None:
    """Return a sentence where the rows of a class came with the number of another class, else None."""
    labels = {label for label, _usual, _count in usual_labels}
    for label, usual, _count in usual_labels:
        if usual != label and usual in labels:
            return _(
                "fit was given the label {usual:g} for the rows of class {label:g}, so the network learns to call "
                "them so. Hand on the labels that train() gets.",
                usual=usual,
                label=label,
            )
    return None


def _explain_targets(case: Case, training: Training, labels: Array) -> Words | None:
    """Return a sentence where the numbers that `fit` got differ in size from those of the exercise, else None."""
    truth = case.inside[training.array("y_train")].astype(np.float64).ravel()
    spread = float(truth.std())
    is_scaled = not 1 / _OTHER_SPREAD < float(labels.std()) / max(spread, 1e-12) < _OTHER_SPREAD
    is_moved = abs(float(labels.mean()) - float(truth.mean())) > _OTHER_MEAN * spread
    if len(labels) < _FEWEST or not (is_scaled or is_moved):
        return None
    return _(
        "fit was given targets from {low:.3g} to {high:.3g}, but train() got targets from {true_low:.3g} to "
        "{true_high:.3g}: the network learns to predict other numbers than it is asked for.",
        low=float(labels.min()),
        high=float(labels.max()),
        true_low=float(truth.min()),
        true_high=float(truth.max()),
    )


def are_exchanged(case: Case, training: Training, fit: FitFacts) -> bool:
    """Return whether `fit` was called as fit(y, x), by the shapes of what it got."""
    x, y = (case.inside[training.array(role)].shape[1:] for role in ("x_train", "y_train"))
    if int(np.prod(x)) < 2 or not fit.x_shape or not fit.y_shape:
        return False  # a single feature looks like a label
    return fit.y_shape[1:] == x and fit.x_shape[1:] in {y, (*y, 1)}


def _pair_labels(case: Case, training: Training, hashes: Array, labels: Array) -> Array:
    """Return the exercise's label and the one that `fit` got for each row that both have once, shape (n, 2)."""
    own = case.of_data(row_hashes, training.array("x_train"))
    single_own, place_own = case.of_data(_find_single_rows, training.array("x_train"))
    truth = case.inside[training.array("y_train")][: len(own)].reshape(len(own), -1)
    if truth.shape[1] != 1:
        truth = truth.argmax(axis=1)[:, None]
    single, place = _find_single_hashes(hashes)
    if not single_own.size:
        return np.zeros((0, 2))
    of_own = np.minimum(np.searchsorted(single_own, single), len(single_own) - 1)
    is_common = single_own[of_own] == single
    pairs: Array = np.column_stack([truth[place_own[of_own[is_common]], 0], labels[place[is_common]]])
    return pairs.astype(np.float64)


def _find_single_rows(rows: Array) -> tuple[Array, Array]:
    """Return hash and place of each row that is there once, sorted by the hashes."""
    return _find_single_hashes(row_hashes(rows))


def _find_single_hashes(hashes: Array) -> tuple[Array, Array]:
    """Return the hashes that are there once, sorted, and the place of each."""
    unique, place, times = np.unique(hashes, return_index=True, return_counts=True)
    return unique[times == 1], place[times == 1]


def _find_usual_labels(pairs: Array) -> list[tuple[float, float, int]]:
    """Return each label of the exercise, what most of its rows got, and how many these are.

    Of two that as many rows got, the smaller one counts.
    """
    labels, of_class = np.unique(pairs[:, 0], return_inverse=True)
    received, of_received = np.unique(pairs[:, 1], return_inverse=True)
    codes, counts = np.unique(of_class * len(received) + of_received, return_counts=True)
    ends = np.searchsorted(codes, np.arange(1, len(labels) + 1) * len(received))
    usual = []
    for label, start, end in zip(labels, (0, *ends[:-1]), ends, strict=True):
        best = start + int(counts[start:end].argmax())
        usual.append((float(label), float(received[codes[best] % len(received)]), int(counts[best])))
    return usual


def _correlate_ranks(pairs: Array) -> float:
    ranks = pairs.argsort(axis=0).argsort(axis=0)
    correlation: Array = np.corrcoef(ranks[:, 0], ranks[:, 1])
    return float(correlation[0, 1]) if np.ptp(pairs, axis=0).all() else 1.0
