"""What a network was validated on while it was trained: the rows that were handed over for it, or others."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from grader.core.arrays import Array
from grader.core.i18n import Words, _
from grader.core.row_hashes import row_hashes
from grader.evidence.case import Case
from grader.evidence.fit_weights import TrainedRows, are_enough, weigh_fits
from grader.evidence.judgement import Judgement, partial
from grader.evidence.network import TrainedNetwork
from grader.protocol.evidence import FitFacts

MAX_SHARE_SEEN = 0.5  # a few rows may really occur twice in the data
_MIN_SHARE = 0.5  # of the rows of x_val, or of those that the network was validated on
_LEAST_OF_VAL = 0.25  # of the rows of x_val: who wants to be fast may take a part of them


HELD_OUT_ROWS_SEEN = _(
    "The validation data of fit are rows that it trains on. Validation only tells something about rows that "
    "training never sees: pass validation_data=(x_val, y_val)."
)

# The shares of rows that may be split off where a fifth is asked for: who rounds, or takes a third, is right.
LEAST_SPLIT, MOST_SPLIT = 0.05, 0.5


class ValidationRows(StrEnum):
    """The rows that calls of `fit` were validated on, the best first."""

    HANDED_OVER = "handed_over"  # x_val, or rows that nothing speaks against: they may be scaled in train()
    SPLIT_OFF = "split_off"  # rows that were split off from x_train
    TRAINED_ON = "trained_on"  # rows that the same call trains on
    SEEN_BEFORE = "seen_before"  # rows that an earlier call trained the network on
    TOO_FEW = "too_few"  # less than a quarter of x_val, or far fewer than have to be split off
    NEVER = "never"  # any, but no epoch was one that `validation_freq` names
    BRIEFLY = "briefly"  # any, but in a small part of the training only
    NONE = "none"


@dataclass(frozen=True)
class Validation:
    """What a training was validated on."""

    rows: ValidationRows
    count: int | None = None  # how many different rows in the largest call; None where that is not known
    handed_over: int = 0  # how many rows there are in x_val
    trained: int = 0  # how many rows there are in x_train

    @property
    def share(self) -> float | None:
        """Return how many rows these are as a share of `x_train`; None where that is not known."""
        return None if self.count is None else self.count / self.trained


@dataclass(frozen=True)
class _Rows:
    """Hashes of the rows of the data, and how many have to be validated on."""

    x_train: Array
    x_val: Array
    least: float


def find_validation(case: Case, network: TrainedNetwork) -> Validation:
    """Return what the calls of `fit` that returned were validated on.

    The best of them counts, unless it was a small part of the training only, such as a trial on a few rows.
    """
    training = network.training
    fits = [fit for fit in network.training_fits if fit.finished]
    step = case.steps.get(training.fitted(network.seed))
    arrays = step.arrays if step is not None else {}
    x_train, x_val = (case.of_data(row_hashes, training.array(role)) for role in ("x_train", "x_val"))
    least = _LEAST_OF_VAL * len(np.unique(x_val)) if training.validation else LEAST_SPLIT * len(x_train)
    # Calls for other models may each be of another one: what one of them has seen says nothing about the next.
    trained = TrainedRows(fits if network.own_fits else (), arrays)
    sources = [
        _find_source(fit, number, arrays.get(fit.validation_rows), _Rows(x_train, x_val, least), trained)
        for number, fit in enumerate(fits)
    ]
    weights = weigh_fits(fits, arrays, len(x_train)) if fits else np.zeros(0)
    chosen = _choose_best(sources, weights)
    # Folds that were undone are no part of the training, and its x_val may stay out of them.
    rest = [n for n, one in enumerate(sources) if one is not ValidationRows.SPLIT_OFF or n not in trained.undone]
    if 0 < len(rest) < len(fits):
        of_rest = weigh_fits([fits[n] for n in rest], arrays, len(x_train))
        chosen = min(chosen, _choose_best([sources[n] for n in rest], of_rest), key=list(ValidationRows).index)
    own = [number for number, source in enumerate(sources) if source is chosen]
    validated = arrays.get(fits[max(own, key=lambda number: weights[number])].validation_rows) if own else None
    count = len(np.unique(validated)) if validated is not None and len(validated) else None
    return Validation(chosen, count, len(x_val), len(case.inside[training.array("x_train")]))


def _find_source(
    fit: FitFacts, number: int, validated: Array | None, rows: _Rows, trained: TrainedRows
) -> ValidationRows:
    if not fit.validation:
        return ValidationRows.NONE
    if fit.validations == 0 and not any(key.startswith("val_") for key in fit.curves):
        return ValidationRows.NEVER
    if fit.validation_seen > MAX_SHARE_SEEN:
        return ValidationRows.TRAINED_ON
    if validated is None or not len(validated):
        return ValidationRows.SPLIT_OFF if fit.validation == "split" else ValidationRows.HANDED_OVER
    if trained.share_before(number) > MAX_SHARE_SEEN:
        return ValidationRows.SEEN_BEFORE
    if np.isin(rows.x_val, validated).mean() >= _MIN_SHARE:
        return ValidationRows.HANDED_OVER
    is_of_val = np.isin(validated, rows.x_val).mean() >= _MIN_SHARE
    is_split = fit.validation == "split" or np.isin(validated, rows.x_train).mean() >= _MIN_SHARE
    if is_split and not is_of_val:
        return ValidationRows.SPLIT_OFF
    is_enough = len(np.unique(validated)) >= rows.least
    return ValidationRows.HANDED_OVER if is_enough else ValidationRows.TOO_FEW


def _choose_best(sources: list[ValidationRows], weights: Array) -> ValidationRows:
    """Return the best source of rows for which it and better ones were enough of the training.

    `weights`: of the calls of `fit`, whose sources were found, as parts of the training.
    """
    parts = {
        source: sum(w for one, w in zip(sources, weights, strict=True) if one is source) for source in sources
    }
    total = 0.0
    for source in ValidationRows:
        total += parts.get(source, 0.0)
        if are_enough(total) and source is not ValidationRows.NONE:
            return source
    is_validated = any(source not in {ValidationRows.NEVER, ValidationRows.NONE} for source in sources)
    return ValidationRows.BRIEFLY if is_validated else ValidationRows.NONE


def judge_validation(validation: Validation) -> list[Judgement]:
    """Return what is wrong with the rows that the training was validated on, if anything."""
    expected = "validation_data=(x_val, y_val)"
    message: Words
    match validation.rows:
        case ValidationRows.HANDED_OVER:
            return []
        case ValidationRows.TRAINED_ON:
            return [partial(0.5, HELD_OUT_ROWS_SEEN, expected=expected, received=_("training rows"))]
        case ValidationRows.SEEN_BEFORE:
            message = _(
                "The validation data of fit are rows that an earlier call of fit has trained this network on. "
                "Validation only tells something about rows that training never sees: train on x_train alone, and "
                "pass validation_data=(x_val, y_val)."
            )
            return [partial(0.5, message, expected=expected, received=_("training rows"))]
        case ValidationRows.SPLIT_OFF:
            message = _(
                "The rows for the validation were split off from x_train, and fit never got x_val. So the network "
                "learns from fewer rows than it could. Pass validation_data=(x_val, y_val), without "
                "validation_split."
            )
            return [partial(0.5, message, expected=expected, received=_("rows of x_train"))]
        case ValidationRows.TOO_FEW:
            count = validation.count or 0
            message = _(
                "The validation data of fit have too few rows: {count}, and x_val has {total}. With so few, luck "
                "decides what validation says. Pass all of them: validation_data=(x_val, y_val).",
                count=count,
                total=validation.handed_over,
            )
            return [partial(0.5, message, expected=expected, received=_("rows: {count}", count=count))]
        case ValidationRows.NEVER:
            return [_judge_never(expected)]
        case ValidationRows.BRIEFLY:
            message = _(
                "Only a small part of the training was validated: the calls of fit that train the most got no "
                "validation data. Pass validation_data=(x_val, y_val) to each call, or nobody sees when the "
                "network begins to overfit."
            )
            return [partial(0.5, message, expected=expected, received=_("validation of a small part"))]
        case ValidationRows.NONE:
            message = _(
                "fit was called without validation data. Pass validation_data=(x_val, y_val), "
                "or nobody sees when the network begins to overfit."
            )
            return [partial(0.5, message, expected=expected, received=_("no validation data"))]


def _judge_never(expected: str) -> Judgement:
    message = _(
        "fit got validation data, and never looked at it: validation_freq named none of its epochs. Leave "
        "validation_freq out, and fit validates after each epoch."
    )
    return partial(0.5, message, expected=expected, received=_("validation data that were never used"))


def judge_split(validation: Validation) -> list[Judgement]:
    """Return what is wrong with the rows that should have been split off from those of the training."""
    expected, share = "validation_split=0.2", validation.share
    if share is not None and _has_other_share(validation.rows, share):
        message = _(
            "{share:.1%} of the rows were split off for validation; a fifth is asked for. With more, too few are "
            "left to learn from, and with fewer, luck decides what validation says. Pass validation_split=0.2.",
            share=share,
        )
        return [partial(0.5, message, expected=expected, received=f"validation_split={share:.3g}")]
    match validation.rows:
        case ValidationRows.TRAINED_ON:
            message = _(
                "The validation data of fit are rows that it trains on. Validation only tells something about "
                "rows that training never sees: pass validation_split=0.2."
            )
            return [partial(0.5, message, expected=expected, received=_("training rows"))]
        case ValidationRows.SEEN_BEFORE:
            message = _(
                "The validation data of fit are rows that an earlier call of fit has trained this network on. "
                "Validation only tells something about rows that training never sees: pass validation_split=0.2 "
                "to each call."
            )
            return [partial(0.5, message, expected=expected, received=_("training rows"))]
        case ValidationRows.NEVER:
            return [_judge_never(expected)]
        case ValidationRows.BRIEFLY:
            message = _(
                "Only a small part of the training was validated: the calls of fit that train the most got no "
                "validation data. Pass validation_split=0.2 to each call, or nobody sees when the network begins "
                "to overfit."
            )
            return [partial(0.5, message, expected=expected, received=_("validation of a small part"))]
        case ValidationRows.NONE:
            message = _(
                "fit was called without validation data. Pass validation_split=0.2, or nobody sees when the "
                "network begins to overfit."
            )
            return [partial(0.5, message, expected=expected, received=_("no validation data"))]
        case _:
            return []


def _has_other_share(rows: ValidationRows, share: float) -> bool:
    """Return whether far more or far fewer rows than a fifth were split off; `share`: of `x_train`."""
    if rows is ValidationRows.SPLIT_OFF:
        return not LEAST_SPLIT <= share <= MOST_SPLIT
    return rows is ValidationRows.TOO_FEW
