"""Learning curves of experiments: whether they belong to networks that a function trained, epoch by epoch."""

import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from grader.core.arrays import Array
from grader.core.i18n import _, write_number
from grader.evidence.judgement import Judgement, PreconditionFailedError, failed
from grader.evidence.known_losses import KERAS_LOSSES
from grader.evidence.values import is_numeric, name_of, numbers
from grader.protocol.evidence import Entries, FitFacts, HistoryValue, Value
from grader.rubric.checks.functions.fitted_networks import ROUNDING, FittedNetwork, is_reached

CROSS_ENTROPY = "categorical_crossentropy"
_SAME_CURVE = 0.006  # of values that were rounded to two decimals
# Output activations that are told from a graph beyond doubt, and are no softmax.
_OTHER_HEADS = frozenset(
    {"linear", "relu", "sigmoid", "tanh", "elu", "selu", "softplus", "softsign", "leaky_relu"}
)
_SAME_ACCURACY = 0.01  # of a network, as `fit` measured it last and as its graph has it: on the same rows
# The names of the losses of Keras that a variant may be trained with. On one-hot labels, the divergence is the
# cross-entropy.
_LOSSES_OF = {
    "mse": frozenset({"mean_squared_error"}),
    CROSS_ENTROPY: frozenset({CROSS_ENTROPY, f"sparse_{CROSS_ENTROPY}", "kl_divergence"}),
}


def read_curve(value: Value, arrays: Mapping[str, Array], function: str, name: str) -> Array:
    """Return a learning curve: given as a list, as a History, or as a dict of curves.

    Raises `PreconditionFailedError` where it has no numbers.
    """
    if isinstance(value, HistoryValue):
        refs = value.curves
        chosen = _best_curve(refs)
        curve = arrays[refs[chosen]] if chosen is not None else np.array([])
    elif isinstance(value, Entries):
        entries = dict(value.entries)
        chosen = _best_curve(entries)
        curve = numbers(entries[chosen], arrays, function) if chosen is not None else np.array([])
    else:
        curve = numbers(value, arrays, function)
    if not is_numeric(curve) or curve.size == 0:
        raise PreconditionFailedError(
            failed(
                _("{function}() gives no numbers for {name}.", function=function, name=name),
                received=name_of(value),
            )
        )
    return curve


def _best_curve(names: Iterable[str]) -> str | None:
    """Return the curve that tells most: of the accuracy on the validation data, whatever the metric is called."""

    def rank(name: str) -> tuple[bool, bool]:
        return not _is_validation_accuracy(name), not name.startswith("val")

    return min(names, key=rank, default=None)


def is_trained_with(fit: FitFacts, name: str) -> bool:
    """Return whether a network was trained with the loss that a variant has the name of."""
    return fit.loss in _LOSSES_OF.get(name, frozenset())


def find_missing_loss(function: str, fits: Sequence[FitFacts]) -> Judgement | None:
    """Return the judgement where no network was trained with one of the two losses; None where that is not known.

    A loss of the student's own may be either of them.
    """
    names = sorted({fit.loss or "" for fit in fits})
    if not names or not set(names) <= KERAS_LOSSES:
        return None
    for variant in _LOSSES_OF:
        if not any(is_trained_with(fit, variant) for fit in fits):
            return failed(
                _(
                    "{function}() has to compare {first} with {second}, but none of its networks was trained with "
                    "the loss {missing}. Losses seen: {names}. Is the loss handed on to compile?",
                    function=function,
                    first="mse",
                    second=CROSS_ENTROPY,
                    missing=variant,
                    names=", ".join(names),
                ),
                expected=variant,
                received=", ".join(names),
            )
    return None


def find_other_measure(
    function: str, name: str, curve: Array, networks: Sequence[FittedNetwork]
) -> Judgement | None:
    """Return the judgement for a curve of a loss, or of the training rows, beside one of the validation accuracy.

    None where `fit` did not measure the accuracy on the validation data, or the curve is near to that.
    """
    flat = curve.ravel()
    own = [network for network in networks if _list_validation_curves(network)]
    measured = [other for network in own for other in _list_validation_curves(network)]
    if any(_distance(flat / scale, other) <= ROUNDING for other in measured for scale in (1, 100)):
        return None
    others = [(key, other) for network in own for key, other in network.curves.items()]
    distances = [(_distance(flat / scale, other), key) for key, other in others for scale in (1, 100)]
    distance, received = min(distances, default=(math.inf, ""))
    if distance > _SAME_CURVE:
        return None
    expected = next(key for key, _curve in others if _is_validation_accuracy(key))
    return failed(
        _(
            "The learning curve that {function}() returns for {name} is that of {received!r}. Return the accuracy "
            "on the validation data after each epoch, history.history[{expected!r}]: the values of two losses "
            "cannot be compared with each other, and those on training rows do not say what a network makes of "
            "new ones.",
            function=function,
            name=name,
            received=received,
            expected=expected,
        ),
        expected=expected,
        received=received,
    )


def _distance(curve: Array, other: Array) -> float:
    """Return by how much two curves differ where they do most; infinity for other lengths, or a NaN."""
    other = other.ravel()
    if len(curve) != len(other):
        return math.inf
    distance = float(np.abs(curve - other).max(initial=0.0))
    return math.inf if math.isnan(distance) else distance


def find_other_head(function: str, name: str, curve: Array, networks: Sequence[FittedNetwork]) -> Judgement | None:
    """Return the judgement where the networks of a curve have another output activation than softmax.

    None where it is not known, and for raw outputs of which the loss knows, or may know.
    """
    flat = curve.ravel()
    own = [network for network in networks if _is_near_a_curve(flat, network)] or networks
    others = [network.model.output_activation for network in own if not _may_end_in_softmax(network)]
    if not others or len(others) < len(own):
        return None
    return failed(
        _(
            "In {function}(), the network for {name} has the output activation {received}. Use softmax for both "
            "losses, so that only the loss differs.",
            function=function,
            name=name,
            received=others[0],
        ),
        expected="softmax",
        received=others[0],
    )


def _may_end_in_softmax(network: FittedNetwork) -> bool:
    head, fit = network.model.output_activation, network.fit
    outputs = network.model.outputs.get("x_val")
    if head not in _OTHER_HEADS or outputs is None or not np.isfinite(outputs).all():
        return True
    takes_logits = fit.loss not in KERAS_LOSSES or (fit.from_logits and "crossentropy" in (fit.loss or ""))
    return head == "linear" and takes_logits


def find_other_epochs(
    function: str, name: str, curve: Array, networks: Sequence[FittedNetwork]
) -> Judgement | None:
    """Return the judgement for a curve that ends where a network is, but is not what was measured on the way.

    Where `fit` measured the accuracy on the validation data, it is compared epoch by epoch, else by its length.
    None for a curve that may be right: one that begins before the first epoch, is the mean of several trainings,
    or is put together of several calls of `fit`.
    """
    flat = curve.ravel()
    scale = 100 if is_reached(float(flat[-1]) / 100, networks) else 1
    measured = [c for network in networks for c in _list_validation_curves(network)]
    if any(_is_near_a_curve(flat / s, network) for network in networks for s in (1, scale)):
        return None
    if not measured:
        return _explain_length(function, name, flat, [_count_epochs(network) for network in networks])
    shares = flat / scale
    if _lies_among(shares, measured) or _picks_from(shares, np.concatenate(measured)):
        return None
    return _explain_values(function, name, shares, measured)


def _list_validation_curves(network: FittedNetwork) -> list[Array]:
    """Return what `fit` measured on the validation data, where the network itself is among it."""
    curves = (curve.ravel() for key, curve in network.curves.items() if _is_validation_accuracy(key))
    return [curve for curve in curves if (np.abs(curve - network.accuracy) <= _SAME_ACCURACY).any()]


def _is_validation_accuracy(key: str) -> bool:
    return key.startswith("val") and "acc" in key


def _is_near_a_curve(curve: Array, network: FittedNetwork) -> bool:
    """Return whether a curve is one that `fit` left, of whatever it measured, perhaps rounded."""
    same_length = [other.ravel() for other in network.curves.values() if other.size == len(curve)]
    return any(bool((np.abs(other - curve) <= ROUNDING).all()) for other in same_length)


def _lies_among(curve: Array, measured: Sequence[Array]) -> bool:
    """Return whether each value lies among those that several trainings had after the same epoch, as a mean does.

    A training that ended early keeps its last value. The first value may be that before the first epoch.
    """
    longest = sum(map(len, measured)) if len(measured) > 1 else len(measured[0])
    for offset in (0, 1):
        values = curve[offset:]
        if len(values) > longest:
            continue
        low, high = _find_bounds(measured, len(values))
        if ((low - ROUNDING <= values) & (values <= high + ROUNDING)).all():
            return True
    return False


def _find_bounds(measured: Sequence[Array], length: int) -> tuple[Array, Array]:
    """Return the lowest and the highest value after each epoch."""
    if length > max(map(len, measured)):  # of several calls of `fit`, one after the other
        joined = np.concatenate(measured)
        return np.full(length, np.nanmin(joined)), np.full(length, np.nanmax(joined))
    table = np.array([np.append(c, np.full(max(0, length - len(c)), c[-1]))[:length] for c in measured])
    return table.min(axis=0), table.max(axis=0)


def _picks_from(curve: Array, measured: Array) -> bool:
    """Return whether a curve has some of the values that were measured, in order, such as each second one."""
    rest: Iterable[float] = iter(measured)
    return all(any(abs(value - other) <= ROUNDING for other in rest) for value in curve)


def _count_epochs(network: FittedNetwork) -> int:
    """Return for how many epochs a network was trained: less than it was asked for where it stopped early."""
    return max((curve.size for curve in network.curves.values()), default=network.fit.epochs)


def _explain_length(function: str, name: str, curve: Array, epochs: Sequence[int]) -> Judgement | None:
    """Return the judgement for a curve that has another length than the trainings; else None."""
    count, total = len(curve), sum(epochs)
    is_joined = len(epochs) > 1 and min(epochs) <= count <= total + 1
    if is_joined or any(count - each in {0, 1} for each in epochs):
        return None
    return failed(
        _(
            "The learning curve that {function}() returns for {name} has {count} values, but the network was "
            "trained for {epochs} epochs. Return the accuracy on the validation data after each epoch.",
            function=function,
            name=name,
            count=count,
            epochs=max(epochs),
        ),
        expected=_("values: {count}", count=max(epochs)),
        received=_("values: {count}", count=count),
    )


def _explain_values(function: str, name: str, curve: Array, measured: Sequence[Array]) -> Judgement:
    """Return the judgement for a curve that is not what `fit` measured, with the value that is farthest off."""
    other = next((c for c in measured if len(c) == len(curve)), None)
    if other is None:
        lengths = [len(c) for c in measured]
        explained = _explain_length(function, name, curve, lengths)
        if explained is not None:
            return explained
        other = np.concatenate(measured)
    length = min(len(curve), len(other))
    worst = int(np.argmax(np.abs(curve[:length] - other[:length])))
    return failed(
        _(
            "The learning curve that {function}() returns for {name} is {value:.3f} after epoch {epoch}, but fit "
            "measured {seen:.3f} on the validation data there. Return the accuracy after each epoch, as "
            'history.history["val_accuracy"] has it.',
            function=function,
            name=name,
            value=float(curve[worst]),
            epoch=worst + 1,
            seen=float(other[worst]),
        ),
        expected=write_number(float(other[worst]), ".3f"),
        received=write_number(float(curve[worst]), ".3f"),
    )
