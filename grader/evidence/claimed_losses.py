"""Compare the losses that a training claims with those that its frozen graphs have."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from grader.core.arrays import Array
from grader.core.row_hashes import are_among, row_hashes
from grader.evidence.case import Case
from grader.evidence.losses import EPSILON, compute_loss
from grader.evidence.network import Model, TrainedNetwork
from grader.protocol.evidence import CompileFacts, FitFacts
from grader.protocol.training import Training

LOSS_SHARE, LOSS_SLACK = 0.5, 0.1  # a history may be better than the network by this much
_OF_PROBABILITIES = frozenset({"binary_crossentropy", "binary_focal_crossentropy"})
ROWS_AT_A_TIME = 1 << 18  # hashes of rows that are searched at a time: 2 MiB


def compute_model_loss(model: Model, fit: FitFacts, outputs: Array, labels: Array) -> float | None:
    """Return the mean loss of a network by its graph; None where the loss that `fit` trained with is not known.

    Args:
        model: the network.
        fit: the call of `fit` whose loss is meant.
        outputs: of the replay, shape (n, k).
        labels: of these rows, shape (n,).
    """
    compiled = model.facts.compiled
    if compiled is None or compiled.loss != fit.loss:
        return None
    value = compute_loss(compiled.loss, outputs, labels, compiled.from_logits, compiled.label_smoothing)
    if value is None or not np.isfinite(value):
        return None
    # Where Keras counts on beyond what we clip, a loss of labels that are no probabilities may be any lower one.
    is_endless = compiled.loss in _OF_PROBABILITIES and not 0 <= labels.min() <= labels.max() <= 1
    return None if is_endless and _is_clipped(compiled, outputs, labels, value) else value


def find_nearest_claim(model: Model, claimed: Array, outputs: Array, labels: Array, value: float) -> float:
    """Return the value of a claimed history that is nearest to the loss that the graph has.

    Behind a softmax, Keras counts on where we cannot: a network that is so sure of a wrong answer is at least as
    bad as `value`.
    """
    compiled = model.facts.compiled
    worse = claimed[claimed >= value]
    if compiled is not None and worse.size and _is_worse_than_clipped(compiled, outputs, labels, value):
        claimed = worse
    return float(claimed[np.argmin(np.abs(claimed - value))])


def is_far_better(claimed: float, value: float) -> bool:
    """Return whether a loss of a history is so much lower than that of the network that it cannot be its own.

    Regularisers add to the loss, averaged weights never stood in a history, and validation may have been on some
    of the rows only.
    """
    return claimed < value - LOSS_SHARE * abs(value) - LOSS_SLACK


def list_claimed_losses(
    network: TrainedNetwork, fit: FitFacts, arrays: Mapping[str, Array], key: str
) -> list[Array]:
    """Return the finite values of a loss, such as "val_loss", in what `fit` left and in what `train` returned.

    What `train` returned counts where no call of `fit` has left it: it may be the history of an earlier one.
    """
    recorded = [arrays[other.curves[key]] for other in network.fits if key in other.curves]
    ref = fit.curves.get(key)
    curves = [arrays[ref]] if ref is not None else []
    returned = np.array(network.curves.get(key, ()))
    if network.returned_history and not any(np.array_equal(returned, one, equal_nan=True) for one in recorded):
        curves.append(returned)
    finite = [curve[np.isfinite(curve)] for curve in curves]
    return [curve for curve in finite if curve.size]


def find_validated(
    model: Model, fit: FitFacts, training: Training, case: Case, arrays: Mapping[str, Array]
) -> tuple[Array, Array] | None:
    """Return outputs and labels of the rows that `fit` was validated on; None where they are not known."""
    if fit.validation == "data":
        outputs = model.outputs.get("x_val")
        return None if outputs is None else (outputs, case.inside[training.array("y_val")])
    outputs, validated = model.outputs.get("x_train"), arrays.get(fit.validation_rows)
    if outputs is None or validated is None or len(outputs) != len(case.inside[training.array("y_train")]):
        return None
    rows = case.of_data(row_hashes, training.array("x_train"))
    places = np.flatnonzero(np.isin(rows, validated))
    if not len(places) or len(places) != len(validated):  # rows of others, or some that look the same
        return None
    return outputs[places], case.inside[training.array("y_train")][places]


def is_fit_on_original_rows(fit: FitFacts, training: Training, case: Case, arrays: Mapping[str, Array]) -> bool:
    """Return whether `fit` got the rows as they are: losses on scaled ones, or on other labels, say nothing."""
    x = case.inside[training.array("x_train")]
    if not fit.rows or fit.x_range is None or not np.allclose(fit.x_range, (x.min(), x.max()), atol=1e-3):
        return False  # the hashes of rows do not tell how they are scaled
    y = case.inside[training.array("y_train")]
    if case.task.kind == "regression" and not np.allclose(fit.y_range or np.nan, (y.min(), y.max()), atol=1e-3):
        return False
    if case.task.kind == "classification" and fit.y_range is not None:
        least, largest = fit.y_range  # one-hot rows are from 0 to 1
        if least < 0 or largest > max(1, y.max()):
            return False
    return all(bool(are_handed_out.all()) for are_handed_out in list_handed_out(fit, training, case, arrays))


def list_handed_out(fit: FitFacts, training: Training, case: Case, arrays: Mapping[str, Array]) -> Sequence[Array]:
    """Return, in blocks, which of the rows that `fit` trained on were handed out for it."""
    rows = arrays[fit.rows]

    def search() -> tuple[Array, list[Array]]:
        handed_out = case.of_data(_hash_all_rows, training.array("x_train"), training.array("x_val"))
        return rows, [are_among(block, handed_out) for block in split_into_blocks(rows)]

    # The result holds the array, so that no other one can have its id.
    return case.once((list_handed_out, training, id(rows)), search)[1]


def _hash_all_rows(*parts: Array) -> Array:
    """Return the hash of each row of the parts, each once."""
    return np.unique(np.concatenate([row_hashes(part) for part in parts]))


def split_into_blocks(rows: Array) -> Iterator[Array]:
    """Yield an array in parts of `ROWS_AT_A_TIME`: a search takes several times the memory of what is searched."""
    for start in range(0, len(rows), ROWS_AT_A_TIME):
        yield rows[start : start + ROWS_AT_A_TIME]


def _is_clipped(compiled: CompileFacts, outputs: Array, labels: Array, value: float) -> bool:
    """Return whether a network is so sure of an answer that its loss `value` is what clipping makes of it."""
    further = _count_on(compiled, outputs, labels)
    return further is not None and abs(further - value) > 1e-3 * abs(value)


def _is_worse_than_clipped(compiled: CompileFacts, outputs: Array, labels: Array, value: float) -> bool:
    """Return whether it is so sure of a wrong answer that its loss is at least `value`."""
    further = _count_on(compiled, outputs, labels)
    return further is not None and further > value * (1 + 1e-3)


def _count_on(compiled: CompileFacts, outputs: Array, labels: Array) -> float | None:
    """Return the loss of a network where much less is clipped."""
    return compute_loss(
        compiled.loss, outputs, labels, compiled.from_logits, compiled.label_smoothing, EPSILON / 1e5
    )
