"""Detect misconceptions in the curves of a training: too little learned, too much by heart, scores too good."""

import math

import numpy as np

from grader.core.i18n import _
from grader.evidence.label_pairs import explain_foreign_labels
from grader.evidence.learning_rates import explain_far_too_high
from grader.evidence.losses import compute_loss
from grader.evidence.outputs import list_views
from grader.examiner.misconceptions.levels import POOR_ACCURACY, POOR_GAP, has_diverged, is_poor, score_of_plane
from grader.examiner.misconceptions.network_view import Explanation, NetworkView
from grader.examiner.misconceptions.training import lr_too_high, lr_too_low, untrained

# The curves of the course: validation loss well above its lowest point, while the training loss went on falling.
OVERFIT_RATIO = 1.25
OVERFIT_RISE = 0.1  # in nats, or of the variance, so that the wobble of a good network at 0.05 is no overfitting
OVERFIT_ROW = 8.0  # nats, all validation rows together: one row that is wrong and sure is no overfitting
OVERFIT_GAP = 1.5  # validation loss against training loss, at the end
OVERFIT_LASTS = 0.5  # share of the rise that each of the last epochs has: with less, it is a jump
# Catalogue: five points. That is three standard deviations of an accuracy of 0.9 on the 337 validation rows of the
# digits; where there are fewer rows, it takes that many standard deviations.
TOO_GOOD = 0.05
DEVIATIONS = 3.0
SETTLED_EPOCHS = 5  # before that, the training accuracy of an epoch lags behind, being its average
LAST_EPOCHS = 3
FALLING = 0.98  # a loss that still falls by 2 % over the last epochs is not at its end

_RANDOM_LAYERS = ("Dropout", "Gaussian", "Random", "Noise")


def overfitting(view: NetworkView) -> Explanation | None:
    """Validation loss that has risen again while the training loss went on falling."""
    loss, val_loss, unit = view.curve("loss"), view.curve("val_loss"), _unit_of_loss(view)
    if unit is None or loss.size != val_loss.size or loss.size < 2 or has_diverged(view):
        return None
    if explain_foreign_labels(view.case, view.training) is not None:  # then every network fails on new rows
        return None
    if explain_far_too_high(view.network, view.task) is not None:  # then the curves jump about
        return None
    best = int(np.argmin(val_loss))
    lowest = float(val_loss[best])
    end = _final_validation_loss(view, float(val_loss[-1]))
    if end < OVERFIT_RATIO * lowest or end - lowest < _least_rise(view, unit):
        return None
    if loss[-1] >= loss[best] or end < OVERFIT_GAP * float(loss[-1]):
        return None
    if float(val_loss[-LAST_EPOCHS:].min()) - lowest < OVERFIT_LASTS * (end - lowest):
        return None  # the loss has jumped for an epoch or two
    if _is_price_of_another_output(view, best):
        return None
    return Explanation(
        _(
            "Overfitting: the validation loss was lowest in epoch {best} ({lowest:.3g}) and ended at "
            "{end:.3g}, while the training loss kept falling to {loss:.3g}. From there on the network "
            "learned the training rows by heart. Stop earlier (EarlyStopping with "
            "restore_best_weights=True), use dropout, or fewer units.",
            best=best + 1,
            lowest=lowest,
            end=end,
            loss=float(loss[-1]),
        )
    )


def _is_price_of_another_output(view: NetworkView, best: int) -> bool:
    """Return whether another output went on learning, so that to stop at the epoch `best` would spoil that one.

    Not where the output itself has become poor: then both cannot be had by this training.
    """
    if view.case.whole is None or is_poor(view):
        return False
    others = (one for one in list_views(view.case.whole, view.training) if one.output != view.case.output)
    curves = (NetworkView(other, view.training).curve("val_loss") for other in others)
    return any(
        curve.size > best and bool(np.isfinite(curve).all()) and curve[best] >= OVERFIT_RATIO * curve[-1] > 0
        for curve in curves
    )


def _least_rise(view: NetworkView, unit: float) -> float:
    """Return by how much the validation loss has to rise: by more than a single row explains."""
    rows = view.rows("y_val")
    is_of_classes = view.task.kind == "classification" and rows is not None and len(rows)
    return max(OVERFIT_RISE * unit, OVERFIT_ROW / len(rows) if is_of_classes and rows is not None else 0.0)


def _unit_of_loss(view: NetworkView) -> float | None:
    """Return what a rise of the loss is measured in: nats for classes, the variance of the labels for numbers."""
    if view.task.kind == "classification":
        return 1.0
    labels, fit = view.rows("y_train"), view.fit
    if not view.is_regression or labels is None or fit is None or fit.y_range is None:
        return None
    as_they_are = np.allclose(fit.y_range, (labels.min(), labels.max()), atol=1e-3)
    return float(labels.var()) if as_they_are and view.loss[0] == "mean_squared_error" else None


def _final_validation_loss(view: NetworkView, last: float) -> float:
    """Return the validation loss of the weights that were kept, which may not be those of the last epoch."""
    after, target = view.network.after, view.rows("y_val")
    outputs = after.outputs.get("x_val") if after is not None else None
    compiled = after.facts.compiled if after is not None else None
    if outputs is None or target is None or compiled is None:
        return last
    value = compute_loss(
        compiled.loss, outputs, target, from_logits=compiled.from_logits, smoothing=compiled.label_smoothing
    )
    return min(last, value) if value is not None and math.isfinite(value) else last


def underfitting(view: NetworkView) -> Explanation | None:
    """A network that is poor even on the rows that it was trained on."""
    loss = view.curve("loss")
    if not loss.size or has_diverged(view) or view.is_output_unfit or not is_poor(view):
        return None
    reached = _on_training_rows(view)
    easy = POOR_ACCURACY if view.has_exclusive_classes else score_of_plane(view)
    if reached is None or easy is None or reached >= easy:
        return None
    if untrained(view) or lr_too_low(view) or lr_too_high(view):  # which say why
        return None
    if explain_foreign_labels(view.case, view.training) is not None or view.ignores_input:
        return None
    falls = loss.size < SETTLED_EPOCHS or loss[-1] < FALLING * loss[-LAST_EPOCHS]
    if view.is_regression:
        return _underfitting_of_numbers(view, reached, falls=bool(falls))
    if falls:
        return Explanation(
            _(
                "Underfitting (epochs: {epochs}): the network gets only {accuracy:.0%} of its own training "
                "rows right, and the loss was still falling. It was stopped before it had learned enough. "
                "Train for more epochs.",
                epochs=int(loss.size),
                accuracy=reached,
            )
        )
    return Explanation(
        _(
            "Underfitting: after {epochs} epochs the network gets only {accuracy:.0%} of its own training "
            "rows right, and the loss hardly falls any more. Give it more units, remove some dropout or "
            "regularisation, or try another learning rate.",
            epochs=int(loss.size),
            accuracy=reached,
        )
    )


def _on_training_rows(view: NetworkView) -> float | None:
    """Return accuracy or R² on the training rows, as the history tells it."""
    if not view.is_regression:
        accuracy = view.curve("accuracy")
        return float(accuracy[-1]) if accuracy.size else None
    unit, loss = _unit_of_loss(view), view.curve("loss")
    return 1 - float(loss[-1]) / unit if unit else None


def _underfitting_of_numbers(view: NetworkView, reached: float, *, falls: bool) -> Explanation:
    epochs = int(view.curve("loss").size)
    easy = (score_of_plane(view) or 0.0) + POOR_GAP
    if falls:
        return Explanation(
            _(
                "Underfitting (epochs: {epochs}): the network explains {reached:.2f} of the variance of "
                "its own training rows (R²), while a linear regression explains about {easy:.2f}, and the "
                "loss was still falling. It was stopped before it had learned enough. Train for more epochs.",
                epochs=epochs,
                reached=reached,
                easy=easy,
            )
        )
    return Explanation(
        _(
            "Underfitting: after {epochs} epochs the network explains {reached:.2f} of the variance of its "
            "own training rows (R²), while a linear regression explains about {easy:.2f}, and the loss hardly "
            "falls any more. Remove what holds it back, such as regularisation or a frozen layer, or try "
            "another learning rate.",
            epochs=epochs,
            reached=reached,
            easy=easy,
        )
    )


def too_good_validation(view: NetworkView) -> Explanation | None:
    """A validation score that honest validation rows do not give."""
    if view.is_regression:
        return _too_small_a_loss(view)
    accuracy, claimed, rows = view.curve("accuracy"), view.curve("val_accuracy"), view.validated_rows
    if view.task.kind != "classification" or claimed.size < SETTLED_EPOCHS or not np.isfinite(claimed).all():
        return None
    last_values = claimed[-LAST_EPOCHS:]
    after = view.network.after
    measured = view.validation_score if after is not None and after.outputs else None
    if measured is not None and last_values.min() - measured > _noise(measured, rows) and not untrained(view):
        return Explanation(
            _(
                "The history names a validation accuracy of {claimed:.1%}, but on x_val the network gets "
                "{measured:.1%}. Such a difference comes from validation on rows that are also trained on, or "
                "on other rows than x_val. Pass validation_data=(x_val, y_val).",
                claimed=float(last_values.mean()),
                measured=measured,
            )
        )
    if accuracy.size != claimed.size or _is_random_in_training(view):
        return None
    gap = float((last_values - accuracy[-LAST_EPOCHS:]).mean())
    if not gap > _noise(float(accuracy[-LAST_EPOCHS:].mean()), rows):
        return None
    return Explanation(
        _(
            "The validation accuracy is {gap:.0f} percentage points above the training accuracy, without "
            "dropout that would explain it. Usual causes are training rows that are harder or have wrong "
            "labels, and validation rows that are not new. Check that each row keeps its label and is in one "
            "part only.",
            gap=100 * gap,
        )
    )


def _noise(accuracy: float, rows: int) -> float:
    """Return how far two accuracies may be apart by chance, and at least what counts as a gap at all."""
    spread = math.sqrt(max(0.0, accuracy * (1 - accuracy)) / rows) if rows else math.inf
    return max(TOO_GOOD, DEVIATIONS * spread)


def _too_small_a_loss(view: NetworkView) -> Explanation | None:
    """Compare the mean squared error that the history claims with that of the graph, in shares of the variance."""
    claimed, unit, measured = view.curve("val_loss"), _unit_of_loss(view), view.validation_score
    labels = view.rows("y_val")
    if unit is None or measured is None or labels is None or claimed.size < SETTLED_EPOCHS or untrained(view):
        return None
    error = (1 - measured) * float(labels.var())
    last_values = claimed[-LAST_EPOCHS:]
    if not np.isfinite(last_values).all() or error - float(last_values.max()) <= TOO_GOOD * unit:
        return None
    return Explanation(
        _(
            "The history names a validation loss of {claimed:.3g}, but on x_val the mean squared error of the "
            "network is {measured:.3g}. Such a difference comes from validation on rows that are also trained "
            "on, or on other rows than x_val. Pass validation_data=(x_val, y_val).",
            claimed=float(last_values.mean()),
            measured=error,
        )
    )


def _is_random_in_training(view: NetworkView) -> bool:
    """Return whether layers make training harder than prediction; where they are not known, they may."""
    layers = view.model.facts.layers if view.model is not None else ()
    return not layers or any(word in layer.kind for layer in layers for word in _RANDOM_LAYERS)


def validation_ignored(view: NetworkView) -> Explanation | None:
    """Training that nobody watches on rows of its own."""
    fits = [fit for fit in view.network.training_fits if fit.finished]
    if not view.training.validation:  # train() is given no validation rows
        return None
    if not fits or any(fit.validation for fit in fits) or view.curve("val_loss").size:
        return None
    return Explanation(
        _(
            "The history holds only {keys}: fit had no validation rows. The training loss falls even when a "
            "network learns its rows by heart, so it cannot tell you when to stop. Pass "
            "validation_data=(x_val, y_val) to fit.",
            keys=", ".join(sorted(view.network.curves)) or "–",
        )
    )
