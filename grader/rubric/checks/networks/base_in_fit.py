"""Whether `fit` changed the base of a network while it ran, whatever its weights are afterwards."""

from collections.abc import Sequence

import numpy as np

from grader.core.array_hashes import array_hashes
from grader.core.arrays import Array
from grader.core.i18n import _
from grader.evidence.case import Case
from grader.evidence.judgement import Judgement, failed
from grader.evidence.network import TrainedNetwork


def judge_base_in_fit(case: Case, network: TrainedNetwork, used: Sequence[Array]) -> Judgement | None:
    """Return the judgement of a base that `fit` changed, or a copy of it; None where nothing was seen of that.

    Args:
        case: the evidence.
        network: whose base is afterwards what it was before.
        used: the weights of the base that the network holds.
    """
    # Arrays of one number, such as biases of zero, may belong to any layer.
    weights = [weight for weight in used if np.ptp(weight) > 0]
    hashes = array_hashes(weights)
    was_changed, was_kept = np.zeros((2, len(weights)), bool)
    for first, changed in _list_seen(case, network):
        was_changed |= np.isin(hashes, first[changed])
        was_kept |= np.isin(hashes, first[~changed])
    count = sum(weight.size for weight, is_changed in zip(weights, was_changed, strict=True) if is_changed)
    if not count:
        return None
    has_twin = bool(was_kept[was_changed].all())
    if has_twin:
        message = _(
            "The base is as it was, but {train}() trained a copy of it in the same network: {count} numbers that "
            "were those of the base learned as well. That is fine-tuning. Freeze all copies of the base, with "
            "trainable = False, before you compile.",
            train=network.training.train,
            count=count,
        )
    else:
        message = _(
            "While fit ran in {train}(), {count} numbers of the base changed, and later they were put back. "
            "So the head has learned from features that the base no longer gives. Freeze the base before you "
            "compile, base.trainable = False: then there is nothing to put back.",
            train=network.training.train,
            count=count,
        )
    return failed(
        message,
        expected=_("the {count} numbers of the base as they were", count=sum(weight.size for weight in used)),
        received=_("{count} numbers that changed", count=count),
    )


def _list_seen(case: Case, network: TrainedNetwork) -> list[tuple[Array, Array]]:
    """Return for each own call of `fit` the hashes of the weights at its beginning, and which changed."""
    step = case.steps.get(network.training.fitted(network.seed))
    arrays = step.arrays if step is not None else {}
    seen = [arrays.get(fit.weight_hashes) for fit in network.own_fits if fit.model and fit.finished]
    return [(rows[0], rows[1] > 0) for rows in seen if rows is not None]
