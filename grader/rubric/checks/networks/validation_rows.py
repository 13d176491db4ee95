"""What a network was validated on while it was trained: the rows that were handed over for it, or others."""

from collections.abc import Sequence
from enum import StrEnum

import numpy as np

from grader.core.arrays import Array
from grader.core.i18n import _
from grader.core.row_hashes import row_hashes
from grader.evidence.case import Case
from grader.evidence.judgement import Judgement, partial
from grader.evidence.network import TrainedNetwork
from grader.protocol.evidence import FitFacts

MAX_SHARE_SEEN = 0.5  # a few rows may really occur twice in the data
_MIN_SHARE = 0.5  # of the rows of x_val, or of those that the network was validated on


HELD_OUT_ROWS_SEEN = _(
    "The validation data of fit are rows that it trains on. Validation only tells something about rows that "
    "training never sees: pass validation_data=(x_val, y_val)."
)

# The shares of rows that may be split off where a fifth is asked for: who rounds, or takes a third, is right.
LEAST_SPLIT, MOST_SPLIT = 0.05, 0.5


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


def judge_validation(rows: ValidationRows) -> list[Judgement]:
    """Return what is wrong with the rows that the training was validated on, if anything."""
    expected = "validation_data=(x_val, y_val)"
    match rows:
        case ValidationRows.HANDED_OVER:
            return []
        case ValidationRows.TRAINED_ON:
            return [partial(0.5, HELD_OUT_ROWS_SEEN, expected=expected, received=_("training rows"))]
        case ValidationRows.SPLIT_OFF:
            message = _(
                "The rows for the validation were split off from x_train, and fit never got x_val. So the network "
                "learns from fewer rows than it could. Pass validation_data=(x_val, y_val), without "
                "validation_split."
            )
            return [partial(0.5, message, expected=expected, received=_("rows of x_train"))]
        case ValidationRows.NONE:
            message = _(
                "fit was called without validation data. Pass validation_data=(x_val, y_val), "
                "or nobody sees when the network begins to overfit."
            )
            return [partial(0.5, message, expected=expected, received=_("no validation data"))]


def find_split_share(case: Case, network: TrainedNetwork) -> float | None:
    """Return how large the part of `x_train` is that the last training was validated on; None where unknown."""
    fit, step = network.last_fit, case.steps.get(network.training.fitted(network.seed))
    validated = step.arrays.get(fit.validation_rows) if fit is not None and step is not None else None
    if validated is None or not len(validated):
        return None
    return len(validated) / len(case.inside[network.training.array("x_train")])


def judge_split(rows: ValidationRows, share: float | None) -> list[Judgement]:
    """Return what is wrong with the rows that should have been split off from those of the training.

    `share`: how large a part that is, where it is known.
    """
    expected = "validation_split=0.2"
    if rows is ValidationRows.SPLIT_OFF and share is not None and not LEAST_SPLIT <= share <= MOST_SPLIT:
        message = _(
            "{share:.1%} of the rows were split off for validation; a fifth is asked for. With more, too few are "
            "left to learn from, and with fewer, luck decides what validation says. Pass validation_split=0.2.",
            share=share,
        )
        return [partial(0.5, message, expected=expected, received=f"validation_split={share:.3g}")]
    if rows is ValidationRows.TRAINED_ON:
        message = _(
            "The validation data of fit are rows that it trains on. Validation only tells something about rows "
            "that training never sees: pass validation_split=0.2."
        )
        return [partial(0.5, message, expected=expected, received=_("training rows"))]
    if rows is ValidationRows.NONE:
        message = _(
            "fit was called without validation data. Pass validation_split=0.2, or nobody sees when the network "
            "begins to overfit."
        )
        return [partial(0.5, message, expected=expected, received=_("no validation data"))]
    return []
