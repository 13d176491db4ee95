"""Judge how far a network got: whether its training diverged, whether it is worse than a simple linear fit."""

import numpy as np

from grader.evidence.scores import r_squared
from grader.examiner.misconceptions.network_view import NetworkView
from grader.protocol.evidence import FitFacts

# A small Dense network gets 0.95 and more of the digits right; below this it has not learned what is easy.
POOR_ACCURACY = 0.85
# Where there are no classes, or only two, how good is good hangs on the noise in the labels. A plane by least
# squares says how much of them is easy; a network this much worse, in accuracy or R², has not learned that.
POOR_GAP = 0.1
# Where the largest class is this many times as large as the smallest, accuracy does not say how much was learned:
# a network that finds the rare class loses some of it.
UNEQUAL = 5
# A training whose loss has grown tenfold has diverged, though it may still be a number.
DIVERGED = 10.0


def has_diverged(view: NetworkView) -> bool:
    """Return whether the loss is no number any more, or far above what it was at first."""
    loss = view.curve("loss")
    if any(not np.isfinite(view.curve(name)).all() for name in ("loss", "val_loss")):
        return True
    return bool(loss.size > 1 and loss[0] > 0 and loss[-1] > DIVERGED * loss[0])


def has_finite_inputs(view: NetworkView) -> bool:
    """Return whether features and labels of each fit were finite numbers."""
    return all(fit.x_finite and has_finite_labels(fit) for fit in view.network.training_fits)


def has_finite_labels(fit: FitFacts) -> bool:
    """Return whether the labels of a fit were finite numbers, as far as is known."""
    is_known = fit.y_range is not None or 0 in fit.y_shape or not fit.y_shape
    return is_known or not fit.y_dtype.startswith("float")


def is_poor(view: NetworkView) -> bool:
    """Return whether the network has not learned what is easy in the labels; not where that is not known."""
    score = view.validation_score
    if _has_unequal_classes(view):
        return False
    easy = POOR_ACCURACY if view.has_exclusive_classes else score_of_plane(view)
    return score is not None and easy is not None and score < easy


def _has_unequal_classes(view: NetworkView) -> bool:
    """Return whether the classes of the training rows differ so much in size that accuracy means little."""
    labels = view.rows("y_train")
    if not view.has_exclusive_classes or labels is None or labels.ndim != 1 or not len(labels):
        return False
    counts = np.unique(labels, return_counts=True)[1]
    return bool(counts.max() >= UNEQUAL * counts.min())


def score_of_plane(view: NetworkView) -> float | None:
    """Return the score of a plane by least squares on the validation rows, less what may be missed of it."""
    x, y, x_val, y_val = (view.rows(role) for role in ("x_train", "y_train", "x_val", "y_val"))
    if x is None or y is None or x_val is None or y_val is None or y.ndim != 1 or y_val.ndim != 1:
        return None
    design, there = (np.hstack([rows.reshape(len(rows), -1), np.ones((len(rows), 1))]) for rows in (x, x_val))
    if design.shape[1] * 2 > len(design) or not view.expected_units:
        return None
    plane, *_ = np.linalg.lstsq(design.astype(np.float64), y.astype(np.float64), rcond=None)
    predicted = there @ plane
    reached = (
        r_squared(y_val, predicted) if view.is_regression else float(((predicted > 0.5) == (y_val > 0.5)).mean())
    )
    return reached - POOR_GAP
