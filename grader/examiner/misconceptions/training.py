"""Detect misconceptions about training: learning rates, losses that are no number, and weights that never move."""

import numpy as np

from grader.core.i18n import Words, _
from grader.evidence.learning_rates import RATES, read_learning_rate
from grader.examiner.misconceptions.levels import has_diverged, has_finite_inputs, has_finite_labels, is_poor
from grader.examiner.misconceptions.network_view import Explanation, NetworkView
from grader.protocol.evidence import Raised

# With a squared error the gradient grows with the error. Then this many times the usual rate is enough to diverge.
STEEP = 10.0


def untrained(view: NetworkView) -> Explanation | None:
    """Weights that are after `train` what they were before."""
    before, after = view.kernels
    same = len(before) == len(after) > 0 and all(np.array_equal(a, b) for a, b in zip(before, after, strict=True))
    if not same or view.network.after is None or view.network.after.is_constant:
        return None  # an output that is always the same has no gradient, which has a hint of its own
    if view.network.after.facts.trainable_parameters == 0:
        return Explanation(
            _(
                "All layers are frozen (trainable=False), so fit had nothing to change and nothing was "
                "learned. Leave trainable at True for the layers that are to learn."
            )
        )
    if not any(fit.finished for fit in view.network.fits):
        return Explanation(
            _(
                "{train}() changed no weight and did not run model.fit to its end: the network still guesses "
                "as it did when it was built. Call model.fit(x_train, y_train, ...) in {train}() and return "
                "its result.",
                train=view.training.train,
            )
        )
    return Explanation(
        _(
            "fit ran for {epochs} epochs, but the weights of the network that {train}() was given are what "
            "they were. Either another network was trained, such as a copy or a new {build}(), or the "
            "learning rate is 0, or the old weights were put back afterwards. Call fit on the model that "
            "{train}() is given, and leave its weights as fit left them.",
            epochs=max(fit.epochs for fit in view.network.training_fits),
            train=view.training.train,
            build=view.training.build,
        )
    )


# The first words of what an optimizer says of a weight that it was not made for; the rest names that weight.
_UNKNOWN_VARIABLE = "Unknown variable: <Variable"


def compiled_then_frozen(view: NetworkView) -> Explanation | None:
    """`trainable` changed after the network was compiled and trained, which changes nothing."""
    step = view.case.steps.get(view.training.fitted(view.seed))
    outcome = step.evidence.outcome if step is not None else None
    is_frozen = any(not layer.trainable for layer in (view.model.facts.layers if view.model is not None else ()))
    # One optimizer for several networks says the same.
    if is_frozen and isinstance(outcome, Raised) and _UNKNOWN_VARIABLE in outcome.exception.message:
        return Explanation(
            _(
                "The optimizer was made for other weights than those that are to be trained now: layers were "
                "set to trainable=True after training had begun. Call model.compile(...) with a new optimizer "
                "after each change of trainable."
            )
        )
    stale_layers = next((fit.stale for fit in view.network.training_fits if fit.stale), ())
    if not stale_layers:
        return None
    return Explanation(
        _(
            "trainable of {layers} was changed after the network had been compiled and fitted. fit goes on "
            "training what it trained before, whatever trainable says now. Call model.compile(...) again after "
            "each change of trainable.",
            layers=", ".join(stale_layers),
        )
    )


def lr_too_high(view: NetworkView) -> Explanation | None:
    """A learning rate far above the usual one, and a network that learned little or diverged."""
    optimizer, rate = read_learning_rate(view.network)
    rates, jumped = RATES.get(optimizer), has_diverged(view)
    if rates is None or not has_finite_inputs(view):
        return None
    if rate < (STEEP * rates.usual if view.is_regression and jumped else rates.high) or view.is_output_unfit:
        return None
    if not jumped and (not is_poor(view) or _is_one_layer(view)):
        return None
    return Explanation(
        _(
            "{optimizer} ran with a learning rate of {rate:g}; usual is {usual:g}. Steps that long jump "
            "over every minimum: the loss gets stuck, jumps about or becomes NaN. Start with {usual:g}.",
            optimizer=optimizer,
            rate=rate,
            usual=rates.usual,
        )
    )


def _is_one_layer(view: NetworkView) -> bool:
    """Return whether there are no hidden layers: then there is one minimum only, and long steps find it too."""
    return view.model is not None and view.model.graph is not None and view.model.graph.hidden == 0


def lr_too_low(view: NetworkView) -> Explanation | None:
    """A learning rate far below the usual one, and a network that did not get far."""
    optimizer, rate = read_learning_rate(view.network)
    rates, loss = RATES.get(optimizer), view.curve("loss")
    if rates is None or not 0 < rate <= rates.low or view.is_output_unfit or untrained(view):
        return None
    if not is_poor(view) or not loss.size or not np.isfinite(loss).all():
        return None
    return Explanation(
        _(
            "{optimizer} ran with a learning rate of {rate:g}; usual is {usual:g}. With steps that short, the "
            "loss only got from {first:.3g} to {last:.3g} in {epochs} epochs, which is not far enough. Use "
            "{usual:g}, or train for many more epochs.",
            optimizer=optimizer,
            rate=rate,
            usual=rates.usual,
            first=float(loss[0]),
            last=float(loss[-1]),
            epochs=int(loss.size),
        )
    )


def nan_loss(view: NetworkView) -> Explanation | None:
    """A loss that is no number any more."""
    for name in ("loss", "val_loss"):
        curve = view.curve(name)
        if curve.size and not np.isfinite(curve).all():
            epoch = int(np.argmin(np.isfinite(curve))) + 1
            break
    else:
        return None
    if view.fit is not None and not view.fit.x_finite:
        return Explanation(
            _(
                "{curve} is NaN or infinite from epoch {epoch} on, because the features that fit was given "
                "hold NaN or infinite values. One of them spoils every weight. Look for a division by 0 "
                "where you scale.",
                curve=name,
                epoch=epoch,
            )
        )
    if view.fit is not None and not has_finite_labels(view.fit):
        return Explanation(
            _(
                "{curve} is NaN or infinite from epoch {epoch} on, because the labels that fit was given hold NaN "
                "or infinite values. One of them spoils every weight. Look for a division by 0, or for rows "
                "without a label.",
                curve=name,
                epoch=epoch,
            )
        )
    return Explanation(
        _(
            "{curve} is NaN or infinite from epoch {epoch} on: what is learned after that is lost. {where} Usual "
            "causes are too high a learning rate, outputs of 0 or below that the loss takes the logarithm of, or "
            "a division by 0. Halve the learning rate first.",
            curve=name,
            epoch=epoch,
            where=_where_it_started(view),
        )
    )


def _where_it_started(view: NetworkView) -> Words:
    """Return the first layer that is spoiled after training."""
    before, after = view.kernels
    if not after:
        return _("Where that began cannot be seen.")
    spoiled = next((i for i, kernel in enumerate(after) if not np.isfinite(kernel).all()), None)
    if spoiled is None:
        return _("All weights are still finite, so it comes from the loss itself.")
    if any(not np.isfinite(kernel).all() for kernel in before):
        return _("Some weights were no finite numbers even before the training: look at the initializers.")
    layers = [layer for layer in view.chain if any(len(shape) > 1 for shape in layer.weight_shapes)]
    return _(
        "Seen from the input, the first weights that are no finite numbers any more are those of {layer}.",
        layer=layers[spoiled].name if len(layers) == len(after) else _("kernel {number}", number=spoiled + 1),
    )
