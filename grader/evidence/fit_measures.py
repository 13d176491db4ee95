"""Compare a trained network with what its `fit` measured: weights from elsewhere are better than any of that."""

import numpy as np

from grader.core.arrays import Array
from grader.evidence.case import Case
from grader.evidence.claimed_losses import (
    compute_model_loss,
    find_nearest_claim,
    find_validated,
    is_far_better,
    is_fit_on_original_rows,
)
from grader.evidence.network import Model, TrainedNetwork
from grader.evidence.scores import compute_accuracy, compute_score

BETTER_THAN_FIT = 0.1  # by which the accuracy of a network may exceed the best that `fit` measured
SAME_LOSS = 0.01  # share of a loss: single precision, and the mean of batches that are not of one size
FLAT = 0.9  # of the untrained network's loss: a training loss that never fell below has hardly trained
FLAT_WITH_NOISE = 0.99  # of the first epoch's: noise in training, as of Dropout, hides much of what is learned


def read_training_arrays(network: TrainedNetwork, case: Case) -> dict[str, Array]:
    """Return the arrays that belong to the evidence of a training, by name."""
    return dict(case.steps[network.training.fitted(network.seed)].arrays)


def is_better_than_fit(network: TrainedNetwork, case: Case) -> bool:
    """Return whether the network is so much better than anything that `fit` measured that `fit` did not train it.

    Validation is measured on the very network that an epoch left, as it answers. The training loss tells only
    where it never fell: then something that is computed in training alone was trained, if anything was.
    """
    if not _has_measured(network, case):
        return False
    if _is_better_than_fitted(network, case):
        return True
    by_accuracy, by_loss = _beat_measures(network, case)
    is_beaten = by_loss is True and by_accuracy is not False
    return is_beaten or _is_flat(network, case, read_training_arrays(network, case), least_epochs=2)


def may_be_better_than_fit(network: TrainedNetwork, case: Case) -> bool:
    """Return whether something says that the network is better than what `fit` measured.

    An accuracy alone may be of a metric that does not fit the labels; the loss of a single step is that before it.
    """
    if not _has_measured(network, case):
        return False
    if _is_better_than_fitted(network, case):
        return True
    if is_unexplained(network, case):
        return True
    measures = [beats for beats in _beat_measures(network, case) if beats is not None]
    if measures and all(measures):
        return True
    return _is_flat(network, case, read_training_arrays(network, case), least_epochs=2 if measures else 1)


def is_unexplained(network: TrainedNetwork, case: Case) -> bool:
    """Return whether a network is far better than `fit` left it, and not comparable with what `fit` measured."""
    return _exceeds_fitted(network, case) and _was_measured(network, case) is None


def _is_better_than_fitted(network: TrainedNetwork, case: Case) -> bool:
    """Return whether a network is much better than `fit` left it, and is none that `fit` has measured."""
    return _exceeds_fitted(network, case) and _was_measured(network, case) is False


def _exceeds_fitted(network: TrainedNetwork, case: Case) -> bool:
    models = (network.after, network.fitted)
    score, left = (compute_score(model, case, network.training) for model in models)
    return score is not None and left is not None and score > left + BETTER_THAN_FIT


def _was_measured(network: TrainedNetwork, case: Case) -> bool | None:
    """Return whether `fit` has recorded the loss that the network has on the validation rows; None where unknown.

    It has recorded that of the weights of an earlier epoch. Where the loss is not known, the accuracy has to do.
    """
    model, fit, arrays = network.after, network.last_fit, read_training_arrays(network, case)
    if model is None or fit is None:
        return None
    validated = _find_validated(model, network, case, arrays)
    value = compute_model_loss(model, fit, *validated) if validated is not None else None
    losses = [arrays[one.curves["val_loss"]] for one in network.fits if "val_loss" in one.curves]
    if value is not None and losses:
        return any(bool(np.isclose(curve, value, rtol=SAME_LOSS, atol=1e-4).any()) for curve in losses)
    accuracy = compute_score(model, case, network.training, "x_val")
    curves = _list_accuracies(network, arrays)
    if accuracy is None or not curves or case.task.kind == "regression":
        return None
    tolerance = 0.5 / len(case.inside[network.training.array("y_val")])
    return any(bool((np.abs(curve - accuracy) < tolerance).any()) for curve in curves)


def _list_accuracies(network: TrainedNetwork, arrays: dict[str, Array]) -> list[Array]:
    """Return the accuracies on the validation rows that `fit` has recorded, one curve for each metric."""
    return [
        arrays[ref]
        for fit in network.fits
        for key, ref in fit.curves.items()
        if key.startswith("val") and "acc" in key and arrays[ref].size
    ]


def _has_measured(network: TrainedNetwork, case: Case) -> bool:
    has_both = network.before is not None and network.after is not None
    return case.seal.is_closed and has_both and any(fit.finished for fit in network.fits)


def _beat_measures(network: TrainedNetwork, case: Case) -> tuple[bool | None, bool | None]:
    """Return whether the network beats the accuracies and the losses that `fit` measured; None where unknown."""
    assert network.after is not None
    arrays = read_training_arrays(network, case)
    return _beats_accuracy(network.after, network, case, arrays), _beats_loss(network.after, network, case, arrays)


def _beats_accuracy(model: Model, network: TrainedNetwork, case: Case, arrays: dict[str, Array]) -> bool | None:
    """Return whether the accuracy on the validation rows is much higher than any that `fit` measured."""
    curves = _list_accuracies(network, arrays)
    validated = _find_validated(model, network, case, arrays)
    if not curves or validated is None or case.task.kind == "regression" or validated[0].ndim != 2:
        return None
    best = max(float(np.nanmax(np.append(curve, 0.0))) for curve in curves)
    return compute_accuracy(*validated, model) > best + BETTER_THAN_FIT


def _beats_loss(model: Model, network: TrainedNetwork, case: Case, arrays: dict[str, Array]) -> bool | None:
    """Return whether the loss on the validation rows is much lower than any that `fit` measured."""
    validated, fit = _find_validated(model, network, case, arrays), network.last_fit
    if validated is None or fit is None or _adds_to_loss(model):
        return None
    value = compute_model_loss(model, fit, *validated)
    curves = [arrays[one.curves["val_loss"]] for one in network.fits if "val_loss" in one.curves]
    finite = [curve[np.isfinite(curve)] for curve in curves]
    if value is None or not any(curve.size for curve in finite):
        return None
    return is_far_better(value, min(float(curve.min()) for curve in finite if curve.size))


def _find_validated(
    model: Model, network: TrainedNetwork, case: Case, arrays: dict[str, Array]
) -> tuple[Array, Array] | None:
    fit = network.last_fit
    if fit is None or not fit.validation or not is_fit_on_original_rows(fit, network.training, case, arrays):
        return None
    return find_validated(model, fit, network.training, case, arrays)


def _adds_to_loss(model: Model) -> bool:
    """Return whether something adds to the loss that the graph does not show."""
    compiled = model.facts.compiled
    own = compiled.own_methods if compiled is not None else ()
    return bool(own) or any(layer.kernel_regularizer for layer in model.facts.layers)


def _is_flat(network: TrainedNetwork, case: Case, arrays: dict[str, Array], *, least_epochs: int) -> bool:
    """Return whether the training loss stayed where it was, although the network is far better than before.

    It stayed there if it never fell below what it is without training or for one answer to all rows, nor below
    what it was in the first epoch: it may be larger than that of the network, by weights of classes, by penalties,
    and by noise in training.
    """
    assert network.before is not None
    assert network.after is not None
    fit, training = network.last_fit, network.training
    if fit is None or not is_fit_on_original_rows(fit, training, case, arrays):
        return False
    labels = case.inside[training.array("y_train")]
    before, after = (model.outputs.get("x_train") for model in (network.before, network.after))
    if before is None or after is None:
        return False
    value, *untaught = (
        compute_model_loss(network.after, fit, outputs, labels)
        for outputs in (after, before, _answer_alike(after, labels, network.after))
    )
    untrained = min((loss for loss in untaught if loss is not None), default=None)
    losses = [arrays[one.curves["loss"]] for one in network.fits if "loss" in one.curves]
    finite = [curve[np.isfinite(curve)] for curve in losses]
    if untrained is None or value is None or max((curve.size for curve in finite), default=0) < least_epochs:
        return False
    first, lowest = (
        min(float(find(curve)) for curve in finite if curve.size) for find in (lambda c: c[0], np.min)
    )
    share = FLAT_WITH_NOISE if _is_noisy(network.after) else FLAT
    return lowest >= FLAT * untrained and lowest >= share * first and is_far_better(value, lowest)


def _answer_alike(outputs: Array, labels: Array, model: Model) -> Array:
    """Return outputs (n, k) that are the same for all rows: the share of each class, or the mean of the labels."""
    if outputs.ndim == 2 and outputs.shape[1] > 1 and labels.dtype.kind in "iu":
        shares = np.bincount(labels, minlength=outputs.shape[1])[: outputs.shape[1]] / len(labels)
        return np.tile(shares, (len(labels), 1))
    mean = float(labels.mean())
    compiled = model.facts.compiled
    if compiled is not None and compiled.loss == "binary_crossentropy" and compiled.from_logits:
        mean = float(np.log(mean / (1 - mean))) if 0 < mean < 1 else 0.0
    return np.full(outputs.shape, mean)


def _is_noisy(model: Model) -> bool:
    """Return whether layers compute something else in training, so that its losses say little of the network."""
    return _adds_to_loss(model) or any(
        "Drop" in layer.kind or "Norm" in layer.kind or "Noise" in layer.kind or "Random" in layer.kind
        for layer in model.facts.layers
    )


def is_worse_than_fit(network: TrainedNetwork, case: Case) -> bool:
    """Return whether the training loss that `fit` claims is far lower than that of the network on these rows."""
    after, fit = network.after, network.last_fit
    if after is None or fit is None or "loss" not in fit.curves:
        return False
    arrays = read_training_arrays(network, case)
    outputs, labels = after.outputs.get("x_train"), case.inside[network.training.array("y_train")]
    if outputs is None or not is_fit_on_original_rows(fit, network.training, case, arrays):
        return False
    value = compute_model_loss(after, fit, outputs, labels)
    curve = arrays[fit.curves["loss"]]
    claimed = curve[np.isfinite(curve)]
    if value is None or not claimed.size:
        return False
    return is_far_better(find_nearest_claim(after, claimed, outputs, labels, value), value)
