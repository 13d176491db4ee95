"""Misconceptions about training: learning rates, what the curves show, and whether anything was learned at all."""

import math
from dataclasses import dataclass

import numpy as np

from grader.certify import loss_value
from grader.misconceptions.view import Shown, View
from grader.text import T


@dataclass(frozen=True)
class Rates:
    """Learning rates of one optimizer. At or below `low`, and at or above `high`, a bad result is no surprise."""

    low: float
    usual: float
    high: float


# `usual`: the default of Keras, but for Adagrad and Adadelta, whose own pages advise more than the default,
# "1.0 to match the original paper". `low` is a tenth of usual or less, `high` thirty times as much or more.
_ADAPTIVE = Rates(low=1e-4, usual=1e-3, high=3e-2)
RATES = {
    "Adam": _ADAPTIVE,
    "AdamW": _ADAPTIVE,
    "Adamax": _ADAPTIVE,
    "Nadam": _ADAPTIVE,
    "RMSprop": _ADAPTIVE,
    "SGD": Rates(low=1e-3, usual=1e-2, high=1.0),
    "Adagrad": Rates(low=1e-3, usual=1e-2, high=1.0),
    "Adadelta": Rates(low=1e-2, usual=1.0, high=100.0),
}

# A small Dense network gets 0.95 and more of the digits right; below this it has not learned what is easy.
POOR_ACCURACY = 0.85
# The curves of the course: validation loss well above its lowest point, while the training loss went on falling.
OVERFIT_RATIO = 1.25
OVERFIT_RISE = 0.1  # in nats, so that the wobble of a good network at 0.05 is no overfitting
OVERFIT_GAP = 1.5  # validation loss against training loss, at the end
# Catalogue: five points. That is three standard deviations of an accuracy of 0.9 on the 337 validation rows.
TOO_GOOD = 0.05
SETTLED_EPOCHS = 5  # before that, the training accuracy of an epoch lags behind, being its average
LAST_EPOCHS = 3
FALLING = 0.98  # a loss that still falls by 2 % over the last epochs is not at its end

_RANDOM_LAYERS = ("Dropout", "Gaussian", "Random", "Noise")


def untrained(view: View) -> Shown | None:
    """Weights that are after `train` what they were before."""
    before, after = view.kernels
    same = len(before) == len(after) > 0 and all(np.array_equal(a, b) for a, b in zip(before, after, strict=True))
    if not same or view.network.after is None:
        return None
    if view.network.after.facts.trainable_parameters == 0:
        return Shown(
            T(
                "All layers are frozen (trainable=False), so fit had nothing to change and nothing was "
                "learned. Leave trainable at True for the layers that are to learn."
            )
        )
    if not any(fit.finished for fit in view.network.fits):
        return Shown(
            T(
                "train() changed no weight and did not run model.fit to its end: the network still guesses "
                "as it did when it was built. Call model.fit(x_train, y_train, ...) in train() and return "
                "its result."
            )
        )
    return Shown(
        T(
            "fit ran for {epochs} epochs, but the weights of the network that train() was given are what "
            "they were. Either another network was trained, such as a copy or a new build_model(), or the "
            "learning rate is 0. Call fit on the model that train() is given.",
            epochs=max(fit.epochs for fit in view.network.fits),
        )
    )


def lr_too_high(view: View) -> Shown | None:
    """A learning rate far above the usual one, and a network that learned little or diverged."""
    optimizer, rate = _learning_rate(view)
    rates = RATES.get(optimizer)
    if rates is None or rate < rates.high or view.head_is_unfit:
        return None
    accuracy = view.validation_accuracy
    if not _diverged(view) and (accuracy is None or accuracy >= POOR_ACCURACY):
        return None
    return Shown(
        T(
            "{optimizer} ran with a learning rate of {rate:g}; usual is {usual:g}. Steps that long jump "
            "over every minimum: the loss gets stuck, jumps about or becomes NaN. Start with {usual:g}.",
            optimizer=optimizer,
            rate=rate,
            usual=rates.usual,
        )
    )


def lr_too_low(view: View) -> Shown | None:
    """A learning rate far below the usual one, and a network that did not get far."""
    optimizer, rate = _learning_rate(view)
    rates, loss, accuracy = RATES.get(optimizer), view.curve("loss"), view.validation_accuracy
    if rates is None or not 0 < rate <= rates.low or view.head_is_unfit or untrained(view):
        return None
    if accuracy is None or accuracy >= POOR_ACCURACY or not loss.size or not np.isfinite(loss).all():
        return None
    return Shown(
        T(
            "{optimizer} ran with a learning rate of {rate:g}; usual is {usual:g}. With steps that short, "
            "the loss got from {first:.3g} to {last:.3g} in {epochs} epochs and was not done. Use "
            "{usual:g}, or train for many more epochs.",
            optimizer=optimizer,
            rate=rate,
            usual=rates.usual,
            first=float(loss[0]),
            last=float(loss[-1]),
            epochs=int(loss.size),
        )
    )


def _learning_rate(view: View) -> tuple[str, float]:
    """Return the optimizer and the largest learning rate seen; a schedule or a callback may have changed it."""
    models = (view.network.before, view.network.after)
    compiled = [m.facts.compiled for m in models if m is not None and m.facts.compiled is not None]
    if not compiled:
        return "", 0.0
    optimizer = compiled[-1].optimizer
    rates = [c.learning_rate for c in compiled if c.optimizer == optimizer and c.learning_rate is not None]
    return optimizer, max(rates, default=0.0)


def _diverged(view: View) -> bool:
    return any(not np.isfinite(view.curve(name)).all() for name in ("loss", "val_loss"))


def nan_loss(view: View) -> Shown | None:
    """A loss that is no number any more."""
    for name in ("loss", "val_loss"):
        curve = view.curve(name)
        if curve.size and not np.isfinite(curve).all():
            epoch = int(np.argmin(np.isfinite(curve))) + 1
            break
    else:
        return None
    if view.fit is not None and not view.fit.x_finite:
        return Shown(
            T(
                "{curve} is NaN or infinite from epoch {epoch} on, because the features that fit was given "
                "hold NaN or infinite values. One of them spoils every weight. Look for a division by 0 "
                "where you scale.",
                curve=name,
                epoch=epoch,
            )
        )
    return Shown(
        T(
            "{curve} is NaN or infinite from epoch {epoch} on: what is learned after that is lost. Usual causes "
            "are too high a learning rate, outputs of 0 or below that the loss takes the logarithm of, or a "
            "division by 0. Halve the learning rate first.",
            curve=name,
            epoch=epoch,
        )
    )


def overfitting(view: View) -> Shown | None:
    """Validation loss that has risen again while the training loss went on falling."""
    loss, val_loss = view.curve("loss"), view.curve("val_loss")
    if not view.exclusive or loss.size != val_loss.size or loss.size < 2 or _diverged(view):
        return None
    best = int(np.argmin(val_loss))
    lowest = float(val_loss[best])
    end = _final_validation_loss(view, float(val_loss[-1]))
    if end < OVERFIT_RATIO * lowest or end - lowest < OVERFIT_RISE:
        return None
    if loss[-1] >= loss[best] or end < OVERFIT_GAP * float(loss[-1]):
        return None
    return Shown(
        T(
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


def _final_validation_loss(view: View, last: float) -> float:
    """Return the validation loss of the weights that were kept, which may not be those of the last epoch."""
    after, target = view.network.after, view.rows("y_val")
    outputs = after.outputs.get("x_val") if after is not None else None
    compiled = after.facts.compiled if after is not None else None
    if outputs is None or target is None or compiled is None:
        return last
    value = loss_value(
        compiled.loss, outputs, target, from_logits=compiled.from_logits, smoothing=compiled.label_smoothing
    )
    return min(last, value) if value is not None and math.isfinite(value) else last


def underfitting(view: View) -> Shown | None:
    """A network that is poor even on the rows that it was trained on."""
    accuracy, loss, validation = view.curve("accuracy"), view.curve("loss"), view.validation_accuracy
    if not view.exclusive or not accuracy.size or not loss.size or _diverged(view) or view.head_is_unfit:
        return None
    last = float(accuracy[-1])
    if not last < POOR_ACCURACY or validation is None or validation >= POOR_ACCURACY:
        return None
    if untrained(view) or lr_too_low(view) or lr_too_high(view):  # which say why
        return None
    if loss.size < SETTLED_EPOCHS or loss[-1] < FALLING * loss[-LAST_EPOCHS]:
        return Shown(
            T(
                "Underfitting: after {epochs} epochs the network gets only {accuracy:.0%} of its own "
                "training rows right, and the loss was still falling. It was stopped before it had learned. "
                "Train for more epochs.",
                epochs=int(loss.size),
                accuracy=last,
            )
        )
    return Shown(
        T(
            "Underfitting: after {epochs} epochs the network gets only {accuracy:.0%} of its own training "
            "rows right, and the loss hardly falls any more. Give it more units, remove some dropout or "
            "regularisation, or try another learning rate.",
            epochs=int(loss.size),
            accuracy=last,
        )
    )


def too_good_validation(view: View) -> Shown | None:
    """A validation accuracy that honest validation rows do not give."""
    accuracy, claimed = view.curve("accuracy"), view.curve("val_accuracy")
    if not view.exclusive or claimed.size < SETTLED_EPOCHS or not np.isfinite(claimed).all():
        return None
    said = claimed[-LAST_EPOCHS:]
    after = view.network.after
    measured = view.validation_accuracy if after is not None and after.outputs else None
    if measured is not None and said.min() - measured > TOO_GOOD and not untrained(view):
        return Shown(
            T(
                "The history says a validation accuracy of {claimed:.1%}, but on x_val the network gets "
                "{measured:.1%}. Validation rows that are also trained on, or other rows than x_val, give "
                "such numbers. Pass validation_data=(x_val, y_val).",
                claimed=float(said.mean()),
                measured=measured,
            )
        )
    if accuracy.size != claimed.size or _is_random_in_training(view):
        return None
    gap = float((said - accuracy[-LAST_EPOCHS:]).mean())
    if not gap > TOO_GOOD:
        return None
    return Shown(
        T(
            "The validation accuracy is {gap:.0f} percentage points above the training accuracy, without dropout "
            "that would explain it. Usually rows in training are harder, wrongly labelled, or the validation rows "
            "are not new. Check that each row keeps its label and is in one part only.",
            gap=100 * gap,
        )
    )


def _is_random_in_training(view: View) -> bool:
    """Return whether layers make training harder than prediction; where they are not known, they may."""
    layers = view.model.facts.layers if view.model is not None else ()
    return not layers or any(word in layer.kind for layer in layers for word in _RANDOM_LAYERS)


def validation_ignored(view: View) -> Shown | None:
    """Training that nobody watches on rows of its own."""
    fits = [fit for fit in view.network.fits if fit.finished]
    if not fits or any(fit.validation for fit in fits) or view.curve("val_loss").size:
        return None
    return Shown(
        T(
            "The history holds only {keys}: fit had no validation rows. The training loss falls even when a "
            "network learns its rows by heart, so it cannot tell you when to stop. Pass "
            "validation_data=(x_val, y_val) to fit.",
            keys=", ".join(sorted(view.network.curves)) or "–",
        )
    )
