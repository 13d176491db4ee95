"""What a network was validated on while it was trained: the rows that were handed over for it, or others."""

from collections.abc import Sequence
from enum import StrEnum

import numpy as np

from grader.core.arrays import Array
from grader.core.row_hashes import row_hashes
from grader.evidence.case import Case
from grader.evidence.network import TrainedNetwork
from grader.protocol.evidence import FitFacts

MAX_SHARE_SEEN = 0.5  # a few rows may really occur twice in the data
_MIN_SHARE = 0.5  # of the rows of x_val, or of those that the network was validated on


class ValidationRows(StrEnum):
    """The rows that calls of `fit` were validated on."""

    HANDED_OVER = "handed_over"  # x_val, or rows that nothing speaks against: they may be scaled in train()
    TRAINED_ON = "trained_on"  # rows that the same call trains on
    SPLIT_OFF = "split_off"  # rows that were split off from x_train
    NONE = "none"


def find_validation_rows(case: Case, network: TrainedNetwork) -> ValidationRows:
    """Return what the calls of `fit` that returned were validated on; the best of them counts."""
    fits = [fit for fit in network.training_fits if fit.finished]
    step = case.steps.get(network.training.fitted(network.seed))
    arrays = step.arrays if step is not None else {}
    roles = ("x_train", "x_val")
    rows = [case.of_data(row_hashes, network.training.array(role)) for role in roles]
    sources = [_find_source(fit, arrays.get(fit.validation_rows), *rows) for fit in fits]
    return _choose_best(sources)


def _find_source(fit: FitFacts, validated: Array | None, x_train: Array, x_val: Array) -> ValidationRows:
    if not fit.validation:
        return ValidationRows.NONE
    if fit.validation_seen > MAX_SHARE_SEEN:
        return ValidationRows.TRAINED_ON
    if validated is not None and len(validated):
        from_val = np.isin(validated, x_val)
        if from_val.mean() >= _MIN_SHARE or np.isin(x_val, validated).mean() >= _MIN_SHARE:
            return ValidationRows.HANDED_OVER
    if fit.validation_seen > MAX_SHARE_SEEN:
        return ValidationRows.TRAINED_ON
    if fit.validation == "split":
        return ValidationRows.SPLIT_OFF
    is_from_train = (
        validated is not None and len(validated) > 0 and np.isin(validated, x_train).mean() >= _MIN_SHARE
    )
    return ValidationRows.SPLIT_OFF if is_from_train else ValidationRows.HANDED_OVER


def _choose_best(sources: Sequence[ValidationRows]) -> ValidationRows:
    return next((source for source in ValidationRows if source in sources), ValidationRows.NONE)
