"""Metrics of regression, as scikit-learn computes them: a test compares them, importing it takes a second."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

import numpy as np

from grader.core.arrays import Array
from grader.core.i18n import _
from grader.core.seal import NO_SEAL, Seal
from grader.rubric.checks.formulas.formula import Formula, Mistake, Trial, build_integer_trial, build_list_trial

_NOT_THE_MEAN = _("That is the sum over the rows; expected is their mean.")
_ROOT = _("That is the root of the mean squared error; leave the root out.")
_ONE_NUMBER = _("Return one number for all rows together.")
_PARAMETERS = ("y_true", "y_pred")


def mean_absolute_error(y_true: Array, y_pred: Array) -> float:
    """Return the mean distance; shapes (n,)."""
    return float(np.mean(np.abs(y_pred - y_true)))


def mean_squared_error(y_true: Array, y_pred: Array) -> float:
    """Return the mean squared distance; shapes (n,)."""
    return float(np.mean((y_true - y_pred) ** 2))


def r2(y_true: Array, y_pred: Array) -> float:
    """Return the coefficient of determination; 0.0 where all of `y_true` are the same and `y_pred` are not."""
    squares, spread = np.sum((y_true - y_pred) ** 2), np.sum((y_true - np.mean(y_true)) ** 2)
    if spread == 0:
        return 1.0 if squares == 0 else 0.0
    return float(1 - squares / spread)


@cache
def _regression_trials(seal: Seal = NO_SEAL) -> tuple[Trial, ...]:
    """Return numbers and predictions: small ones to compute by hand, drawn ones, and edges."""
    random = seal.random("numbers", 61)
    general = [Trial("small", (np.array([3.0, 5.0, 8.0]), np.array([2.5, 5.0, 10.0])))]
    for i, (rows, spread, noise) in enumerate(
        ((4, 1, 0.5), (9, 30, 10), (40, 2, 0.1), (57, 5, 20), (300, 100, 40), (300, 0.1, 0.02))
    ):
        y = random.normal(2 * spread, spread, rows)  # near its spread: float32 computes R² as well
        noisy = 0.4 * spread + 0.8 * y + random.normal(0.3 * noise, noise, rows)
        general.append(Trial(f"general_{i}", (y, noisy)))
    whole = random.integers(-20, 20, (2, 31))
    edges = (
        Trial(
            "perfect",
            (np.array([1.5, -2.0, 0.25, 4.0]), np.array([1.5, -2.0, 0.25, 4.0])),
            edge=_("where every prediction is right"),
        ),
        Trial(
            "far_away",
            (np.array([1.0, 2.0, 3.0, 4.0]), np.array([40.0, -30.0, 20.0, -10.0])),
            edge=_("where predictions are far away"),
            hint=_("A result may have any size; cut nothing off."),
        ),
        Trial(
            "huge",
            (np.array([1e8, 2e8, 4e8, -1e8]), np.array([1.5e8, 1e8, 4.5e8, 0.0])),
            edge=_("for huge numbers"),
        ),
        build_integer_trial("integers", (whole[0], whole[0] + whole[1] // 5)),
        build_list_trial("lists", (np.array([0.5, 1.0, -2.0, 6.0]), np.array([1.0, 1.5, -1.0, 5.0]))),
        build_list_trial("integer_lists", (np.array([3, 1, 2, 9]), np.array([2, 2, 4, 9]))),
    )
    return (*general, *edges)


@cache
def _error_trials(seal: Seal = NO_SEAL) -> tuple[Trial, ...]:
    single = Trial("single", (np.array([3.0]), np.array([5.5])), edge=_("for a single row"))
    return (*_regression_trials(seal), single)


@cache
def _r2_trials(seal: Seal = NO_SEAL) -> tuple[Trial, ...]:
    y, predicted = np.array([2.0, 2.0, 2.0, 2.0]), np.array([1.0, 2.0, 3.0, 4.0])
    if seal.is_closed:
        # Quarters: their mean is exact, so that nothing is left of the squares.
        random = seal.random("a constant truth")
        y = np.full(random.integers(3, 9), random.integers(-40, 40) / 4.0)
        predicted = y + random.integers(1, 20, len(y)) * random.choice([-0.25, 0.25], len(y))
    constant = Trial(
        "constant",
        (y, predicted),
        edge=_("where all true values are the same"),
        hint=_("The denominator is 0 there: the task sheet asks for 0.0."),
    )
    return (*_regression_trials(seal), constant)


def _error(y_true: Array, y_pred: Array) -> Array:
    return y_true.astype(float) - y_pred


_MAE_MISTAKES = (
    Mistake(lambda y, p: np.abs(_error(y, p)).sum(), _NOT_THE_MEAN),
    Mistake(
        lambda y, p: _error(y, p).mean(),
        _("Errors of different sign cancel there: take the absolute value of each before the mean."),
    ),
    Mistake(
        lambda y, p: -_error(y, p).mean(),
        _("Errors of different sign cancel there: take the absolute value of each before the mean."),
    ),
    Mistake(
        lambda y, p: abs(_error(y, p).mean()),
        _("That is the absolute value of the mean: take the absolute value of each error first."),
    ),
    Mistake(mean_squared_error, _("That is the mean squared error; take absolute values instead of squares.")),
    Mistake(
        lambda y, p: np.sqrt(mean_squared_error(y, p)),
        _("That is the root of the mean squared error; take absolute values instead of squares."),
    ),
    Mistake(
        lambda y, p: np.median(np.abs(_error(y, p))),
        _("That is the median of the errors; expected is their mean."),
    ),
    Mistake(
        lambda y, p: np.abs(_error(y, p) / y).mean(),
        _("That divides each error by the true value; the plain error is asked for."),
    ),
)

_MSE_MISTAKES = (
    Mistake(lambda y, p: (_error(y, p) ** 2).sum(), _NOT_THE_MEAN),
    Mistake(lambda y, p: np.sqrt(mean_squared_error(y, p)), _ROOT),
    Mistake(mean_absolute_error, _("That is the mean absolute error; square the errors.")),
    Mistake(
        lambda y, p: mean_squared_error(y, p) / 2,
        _("That is half of it. The factor 1/2 of some textbooks does not belong to the mean squared error."),
    ),
    Mistake(
        lambda y, p: _error(y, p).mean() ** 2,
        _("That is the square of the mean error: square each error first, then take the mean."),
    ),
    Mistake(
        lambda y, p: _error(y, p).var(),
        _("That is the variance of the errors: their mean was subtracted, which hides a constant error."),
    ),
    Mistake(
        lambda y, p: (_error(y, p) ** 2).sum() / (len(y) - 1), _("That divides by n - 1; the mean divides by n.")
    ),
)


def _ratio(y: Array, p: Array) -> float:
    return float((_error(y, p) ** 2).sum() / (_error(y, y.mean()) ** 2).sum())


def _explained(y: Array, p: Array, center: float) -> float:
    return float(1 - (_error(y, p) ** 2).sum() / (_error(y, np.asarray(center)) ** 2).sum())


_R2 = "R² = 1 - Σ(y_true - y_pred)² / Σ(y_true - mean(y_true))²"

_R2_MISTAKES = (
    Mistake(
        lambda y, p: _explained(y, p, p.mean()),
        _("That takes the mean of the predictions in the denominator; it has to be the mean of the true values."),
    ),
    Mistake(
        lambda y, p: _explained(p, y, p.mean()),
        _("That comes out when the arguments are exchanged: the true values come first."),
    ),
    Mistake(_ratio, _('That is the share that is not explained: "1 -" is missing before it.')),
    Mistake(lambda y, p: -r2(y, p), _("The sign is wrong: that is -R².")),
    Mistake(lambda y, p: _ratio(y, p) - 1, _("The sign is wrong: that is -R².")),
    Mistake(lambda y, p: 1 + _ratio(y, p), _("The sign is wrong: the fraction is subtracted from 1.")),
    Mistake(
        lambda y, p: np.corrcoef(y, p)[0, 1] ** 2,
        _("That is the squared correlation, which does not see a constant error; {formula}.", formula=_R2),
    ),
    Mistake(
        lambda y, p: np.corrcoef(y, p)[0, 1],
        _("That is the correlation, which does not see a constant error; {formula}.", formula=_R2),
    ),
    Mistake(
        lambda y, p: ((p - y.mean()) ** 2).sum() / (_error(y, y.mean()) ** 2).sum(),
        _(
            "That is the explained over the total sum of squares, which is R² for least squares only; {formula}.",
            formula=_R2,
        ),
    ),
    Mistake(
        lambda y, p: 1 - np.var(_error(y, p)) / np.var(y),
        _("That is the explained variance, which does not see a constant error; {formula}.", formula=_R2),
    ),
    Mistake(
        lambda y, p: 1 - (_error(y, p) ** 2).sum() / (y**2).sum(),
        _("The mean of the true values is not subtracted in the denominator."),
    ),
    Mistake(
        lambda y, p: 1 - (_error(y, p) ** 2).sum() / np.var(y),
        _("Sum and mean are mixed up: take both above and below the line, or neither."),
    ),
    Mistake(
        lambda y, p: 1 - mean_squared_error(y, p) / (_error(y, y.mean()) ** 2).sum(),
        _("Sum and mean are mixed up: take both above and below the line, or neither."),
    ),
    Mistake(
        lambda y, p: 1 - mean_squared_error(y, p) / np.var(y, ddof=1),
        _("Above the line is divided by n, below by n - 1: divide both by the same."),
    ),
    Mistake(
        lambda y, p: 1 - np.abs(_error(y, p)).sum() / np.abs(_error(y, y.mean())).sum(),
        _("That takes absolute values; R² takes squares."),
    ),
    Mistake(
        lambda y, p: max(0.0, r2(y, p)),
        _("R² may be negative, where predictions are worse than the mean: cut nothing off."),
    ),
    Mistake(
        lambda y, p: 1 - _ratio(y, p) ** 0.5,
        _("There is a root too many: R² takes the sums of squares themselves."),
    ),
)


REGRESSION_FORMULAS: Mapping[str, Formula] = MappingProxyType(
    {
        "mean_absolute_error": Formula(
            words=_("the mean of |y_true - y_pred|"),
            parameters=_PARAMETERS,
            right=mean_absolute_error,
            trials=_error_trials,
            mistakes=_MAE_MISTAKES,
            shape_hint=_ONE_NUMBER,
        ),
        "mean_squared_error": Formula(
            words=_("the mean of (y_true - y_pred)²"),
            parameters=_PARAMETERS,
            right=mean_squared_error,
            trials=_error_trials,
            mistakes=_MSE_MISTAKES,
            shape_hint=_ONE_NUMBER,
        ),
        "r2": Formula(
            words=_R2,
            parameters=_PARAMETERS,
            right=r2,
            trials=_r2_trials,
            mistakes=_R2_MISTAKES,
            shape_hint=_ONE_NUMBER,
        ),
    }
)
