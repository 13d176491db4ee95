"""Formulas of calibration: mean prediction and share of positives in each bin, and how far these are apart."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from types import MappingProxyType

import numpy as np

from grader.core.arrays import Array
from grader.core.i18n import Words, _
from grader.core.seal import NO_SEAL, Seal
from grader.evidence.case import Case
from grader.evidence.judgement import PreconditionFailedError, failed
from grader.evidence.values import is_numeric, name_of, numbers
from grader.protocol.evidence import ArrayValue, Items, NoneValue
from grader.rubric.checks.formulas.formula import MAX_NUMBERS_WRITTEN, Formula, Mistake, Trial, build_list_trial

MEAN_LOGIT = -0.8  # of drawn predictions: fewer than half of the rows are positive
MOST_DRAWS = 100  # of labels that tell on which side of a border a probability counts
LEAST_DIFFERENCE = 0.01  # between the errors of both sides
STEPS = 1024  # probabilities are drawn between multiples of 1 / STEPS: never on a border of 10 bins or fewer


def reliability(y_true: Array, p: Array, bins: int) -> Array:
    """Return mean prediction and fraction of positives, shape (2, bins that are not empty).

    Source: `sklearn.calibration.calibration_curve`, which returns the fractions first. Bins are equally wide; a
    probability on a border belongs to the lower bin, and 0 to the first.
    """
    from sklearn.calibration import calibration_curve

    fractions, averages = calibration_curve(y_true, p, n_bins=bins, pos_label=1)
    return np.stack([averages, fractions])


def count_in_bins(p: Array, bins: int) -> Array:
    """Return how many probabilities (n,) are in each of the bins that are not empty."""
    counts = np.bincount(assign_bins(p, bins), minlength=bins)
    filled: Array = counts[counts > 0]
    return filled


def assign_bins(p: Array, bins: int) -> Array:
    """Return the number of the bin, from 0, of each probability (n,)."""
    numbers_of_bins: Array = np.searchsorted(np.linspace(0.0, 1.0, bins + 1)[1:-1], p)
    return numbers_of_bins


def expected_calibration_error(y_true: Array, p: Array, bins: int) -> float:
    """Return the gap between mean prediction and fraction of positives, weighted by the rows of the bins.

    Source: Guo, Pleiss, Sun, Weinberger (2017), On Calibration of Modern Neural Networks, equation 3.
    """
    averages, fractions = reliability(y_true, p, bins)
    return float((count_in_bins(p, bins) * np.abs(averages - fractions)).sum() / len(p))


def draw_predictions(random: np.random.Generator, rows: int, sureness: float) -> tuple[Array, Array]:
    """Return labels and probabilities (rows,) that are too sure where `sureness` is above 1, and too unsure below.

    A label is 1 with the probability sigmoid(z), and the prediction is sigmoid(sureness * z).
    """
    z = random.normal(MEAN_LOGIT, 1.5, rows)
    y = (random.uniform(size=rows) < 1.0 / (1.0 + np.exp(-z))).astype(np.int64)
    return y, 1.0 / (1.0 + np.exp(-sureness * z))


_BORDER_HINT = _(
    "A probability on a border belongs to the lower bin: with 4 bins, the second one is 0.25 < p <= 0.5. "
    "np.digitize does that with right=True, and np.histogram never."
)
_ENDS_HINT = _("0 belongs to the first bin, and 1 to the last.")
_EMPTY_HINT = _("Leave out the bins that no probability falls into: there is nothing to take the mean of.")


@cache
def _trials(seal: Seal = NO_SEAL) -> tuple[Trial, ...]:
    """Return labels and probabilities: small ones, drawn ones, and edges."""
    random = seal.random("predictions", 68)
    small = np.array([0, 1, 0, 1, 0]), np.array([0.125, 0.375, 0.3125, 0.875, 0.6875]), 2
    general = [Trial("small", small)]
    for i, (rows, bins) in enumerate(((60, 3), (200, 5), (500, 10), (300, 8))):
        p = (random.integers(0, STEPS, rows) + 0.5) / STEPS
        # Too low in the lower bins and too high in the upper ones: gaps of both signs.
        y = (random.uniform(size=rows) < random.uniform(0.15, 0.25) + 0.5 * p).astype(np.int64)
        general.append(Trial(f"general_{i}", (y, p, bins)))
    y, p = np.array([0, 1, 0, 1, 1, 0]), np.array([0.25, 0.5, 0.1, 0.75, 0.9, 0.6])
    edges = (
        Trial(
            "borders",
            _put_on_borders(random, 4, (4, 8, 16)),
            edge=_("where probabilities lie on borders of bins"),
            hint=_BORDER_HINT,
        ),
        Trial(
            "ends",
            (y, np.array([0.0, 1.0, 0.125, 0.625, 0.875, 0.375]), 3),
            edge=_("where probabilities are exactly 0 and 1"),
            hint=_ENDS_HINT,
        ),
        Trial(
            "empty_bins",
            (y, np.array([0.03, 0.97, 0.06, 0.94, 0.55, 0.05]), 10),
            edge=_("where some bins are empty"),
            hint=_EMPTY_HINT,
        ),
        Trial("no_positives", _put_on_borders(random, 2, (2, 6, 10), labels=(0,)), edge=_("where no label is 1")),
        Trial("no_negatives", (np.ones(6, dtype=np.int64), p, 2), edge=_("where all labels are 1")),
        Trial("one_bin", (y, p, 1), edge=_("for a single bin")),
        Trial("single", (np.array([1]), np.array([0.7]), 5), edge=_("for a single row")),
        build_list_trial("lists", (y, np.array([0.3, 0.6, 0.1, 0.7, 0.9, 0.4]), 2)),
    )
    return (*general, *edges)


def _put_on_borders(
    random: np.random.Generator, parts: int, numbers_of_bins: Sequence[int], labels: Sequence[int] = (0, 1)
) -> tuple[Array, Array, int]:
    """Return labels, probabilities and one of some numbers of bins, which is drawn: nobody can know it before.

    One probability is in the middle of each bin, so that none is empty, and one on each border between two of the
    `parts` of the range from 0 to 1. These borders are exact, however they are computed: not so, say, 3 / 5.
    """
    bins = int(random.choice(numbers_of_bins))
    p = random.permutation(np.concatenate([np.arange(1, parts) / parts, (np.arange(bins) + 0.5) / bins]))
    y = np.resize(labels, len(p)).astype(np.int64)
    for _draw in range(MOST_DRAWS):
        y = random.permutation(y)
        if len(labels) < 2 or _tells_borders(y, p, bins):
            break
    return y, p, bins


def _tells_borders(y: Array, p: Array, bins: int) -> bool:
    """Return whether borders in the upper bins give another error than borders in the lower ones.

    Some labels give the same for both, by chance. 1 belongs to the last bin either way.
    """
    as_upper = np.where(p < 1.0, np.nextafter(p, 1.0), p)
    errors = [expected_calibration_error(y, rows, bins) for rows in (p, as_upper)]
    return abs(errors[0] - errors[1]) > LEAST_DIFFERENCE


def read_pair(case: Case, step: str, function: str) -> Array:
    """Return two lists of equal length as one array (2, m).

    Raises:
        PreconditionFailedError: it is something else; the judgement says what.
    """
    value, arrays = case.value(step)
    if isinstance(value, NoneValue):
        numbers(value, arrays, function)  # says that nothing was returned
    parts: list[Array] = []
    if isinstance(value, ArrayValue) and arrays[value.ref].ndim == 2:
        parts = list(arrays[value.ref])
    elif isinstance(value, Items):
        parts = [numbers(item, arrays, function) for item in value.items]
    if len(parts) != 2 or not all(map(is_numeric, parts)):
        raise _refuse_pair(function, name_of(value))
    averages, fractions = (part.ravel() for part in parts)
    if len(averages) != len(fractions):
        raise PreconditionFailedError(
            failed(
                _(
                    "{function}() returns {means} mean predictions, but {fractions} fractions: both are needed "
                    "for the same bins.",
                    function=function,
                    means=len(averages),
                    fractions=len(fractions),
                ),
                expected=_("two arrays of the same length"),
                received=f"{len(averages)}, {len(fractions)}",
            )
        )
    return np.stack([averages, fractions])


def _refuse_pair(function: str, received: str) -> PreconditionFailedError:
    message = _(
        "{function}() has to return two arrays: the mean prediction of each bin, and the fraction of positives of "
        "each bin. Received: {received}.",
        function=function,
        received=received,
    )
    return PreconditionFailedError(failed(message, expected=_("mean predictions, fractions"), received=received))


def _show_pair(pair: Array) -> str:
    few = [", ".join(f"{v:.4g}" for v in row[:MAX_NUMBERS_WRITTEN]) for row in pair]
    dots = ", …" if pair.shape[1] > MAX_NUMBERS_WRITTEN else ""
    return " and ".join(f"[{row}{dots}]" for row in few)


def _describe_pair(pair: Array) -> Words:
    return _("numbers for {count} bins", count=pair.shape[1])


def _in_bins(compute: Callable[[Array, Array, Array], tuple[Array, Array]]) -> Callable[..., Array]:
    """Return a mistake of `reliability`: what it computes of the labels, probabilities and numbers of bins."""

    def mistaken(y_true: Array, p: Array, bins: int) -> Array:
        return np.stack(compute(np.asarray(y_true), np.asarray(p), assign_bins(np.asarray(p), bins)))

    return mistaken


def _sum_by_bin(values: Array, bins: Array) -> Array:
    counts = np.bincount(bins)
    sums: Array = np.bincount(bins, weights=values)[counts > 0]
    return sums


def _count_by_bin(bins: Array) -> Array:
    counts = np.bincount(bins)
    filled: Array = counts[counts > 0]
    return filled


def _with_middles(y_true: Array, p: Array, bins: int) -> Array:
    middles = (np.unique(assign_bins(p, bins)) + 0.5) / bins
    return np.stack([middles, reliability(y_true, p, bins)[1]])


def _with_quantiles(y_true: Array, p: Array, bins: int) -> Array:
    from sklearn.calibration import calibration_curve

    fractions, averages = calibration_curve(y_true, p, n_bins=bins, strategy="quantile", pos_label=1)
    return np.stack([averages, fractions])


_RELIABILITY_MISTAKES = (
    Mistake(
        lambda y, p, bins: reliability(y, p, bins)[::-1],
        _(
            "Both are right, but the wrong way round: the mean predictions come first here. (scikit-learn's "
            "calibration_curve returns the fractions first.)"
        ),
    ),
    Mistake(
        _with_middles,
        _(
            "The first are the middles of the bins; expected is the mean of the probabilities that are in each "
            "bin."
        ),
    ),
    Mistake(
        _with_quantiles,
        _("Those are bins with equally many rows (quantiles); expected are bins of equal width from 0 to 1."),
    ),
    Mistake(
        _in_bins(lambda y, p, b: (_sum_by_bin(p, b) / _count_by_bin(b), _sum_by_bin(y, b))),
        _("The second are numbers of positives; divide each by the number of rows in its bin."),
    ),
    Mistake(
        _in_bins(lambda y, p, b: (_sum_by_bin(p, b), _sum_by_bin(y, b))),
        _("Those are sums over each bin; divide them by the number of rows in the bin."),
    ),
    Mistake(
        _in_bins(lambda y, p, b: (_sum_by_bin(p, b) / _count_by_bin(b), _sum_by_bin(y, b) / len(y))),
        _("The second are shares of all rows; expected are shares of the rows in each bin."),
    ),
    Mistake(
        _in_bins(lambda y, p, b: (_sum_by_bin(p, b) / _count_by_bin(b), _sum_by_bin(y, b) / max(y.sum(), 1))),
        _("The second are shares of all positives; expected are shares of the rows in each bin."),
    ),
    Mistake(
        _in_bins(lambda y, p, b: (_sum_by_bin(p, b) / _count_by_bin(b), _sum_by_bin(1 - y, b) / _count_by_bin(b))),
        _("The second are the fractions of the label 0; positive is the label 1."),
    ),
    Mistake(
        _in_bins(
            lambda y, p, b: (
                _sum_by_bin(p, b) / _count_by_bin(b),
                _sum_by_bin((p > 0.5) == (y == 1), b) / _count_by_bin(b),
            )
        ),
        _(
            "The second are the shares of rows that are classified rightly, the accuracy of each bin; expected is "
            "how many of its rows have the label 1."
        ),
    ),
    Mistake(lambda y, p, bins: 100 * reliability(y, p, bins), _("Those are per cent; expected are shares.")),
)


def _gaps(y_true: Array, p: Array, bins: int) -> Array:
    averages, fractions = reliability(y_true, p, bins)
    gaps: Array = averages - fractions
    return gaps


def _weighted(y_true: Array, p: Array, bins: int) -> Array:
    weighted: Array = count_in_bins(p, bins) / len(p)
    return weighted


def _error_of_middles(y_true: Array, p: Array, bins: int) -> float:
    middles, fractions = _with_middles(y_true, p, bins)
    return float((_weighted(y_true, p, bins) * np.abs(middles - fractions)).sum())


_ERROR_MISTAKES = (
    Mistake(
        _error_of_middles,
        _(
            "Those are the gaps from the middles of the bins; expected are those from the mean of the "
            "probabilities that are in each bin."
        ),
    ),
    Mistake(
        lambda y, p, bins: np.abs(_gaps(y, p, bins)).mean(),
        _("That is the plain mean of the gaps; weight each by the share of the rows that are in its bin."),
    ),
    Mistake(
        lambda y, p, bins: np.abs(_gaps(y, p, bins)).sum(),
        _("That is the sum of the gaps; weight each by the share of the rows that are in its bin."),
    ),
    Mistake(
        lambda y, p, bins: np.abs(_gaps(y, p, bins)).max(),
        _("That is the largest gap (the maximum calibration error); expected is the mean, weighted by rows."),
    ),
    Mistake(
        lambda y, p, bins: abs(np.mean(p) - np.mean(y)),
        _(
            "Gaps above and below cancel each other out there: take the absolute value of each gap before you add "
            "them up."
        ),
    ),
    Mistake(
        lambda y, p, bins: np.mean(p) - np.mean(y),
        _(
            "Gaps above and below cancel each other out there: take the absolute value of each gap before you add "
            "them up."
        ),
    ),
    Mistake(
        lambda y, p, bins: np.mean(y) - np.mean(p),
        _(
            "Gaps above and below cancel each other out there: take the absolute value of each gap before you add "
            "them up."
        ),
    ),
    Mistake(
        lambda y, p, bins: (_weighted(y, p, bins) * _gaps(y, p, bins) ** 2).sum(),
        _("Those gaps are squared; expected are their absolute values."),
    ),
    Mistake(
        lambda y, p, bins: np.sqrt((_weighted(y, p, bins) * _gaps(y, p, bins) ** 2).sum()),
        _("That is the root of the mean square; expected is the mean of the absolute gaps."),
    ),
    Mistake(
        lambda y, p, bins: (len(p) * _weighted(y, p, bins) * np.abs(_gaps(y, p, bins))).sum(),
        _("That is weighted by the numbers of rows; divide it by the number of all rows."),
    ),
    Mistake(
        lambda y, p, bins: np.mean((np.asarray(p) - y) ** 2),
        _("That is the Brier score, the mean squared error of each row; compare means of bins."),
    ),
    Mistake(
        lambda y, p, bins: np.mean(np.abs(np.asarray(p) - y)),
        _("That is the mean absolute error of each row; compare means of bins."),
    ),
    Mistake(
        lambda y, p, bins: 100 * expected_calibration_error(y, p, bins),
        _("That is in per cent; expected is a number from 0 to 1."),
    ),
)

CALIBRATION_FORMULAS: Mapping[str, Formula] = MappingProxyType(
    {
        "reliability": Formula(
            words=_("the mean of p and the share of the label 1 in each bin of equal width that is not empty"),
            parameters=("y_true", "p", "bins"),
            right=reliability,
            trials=_trials,
            mistakes=_RELIABILITY_MISTAKES,
            read=read_pair,
            shape_hint=_("Bins that no probability falls into are left out, and no others."),
            show=_show_pair,
            describe_shape=_describe_pair,
        ),
        "expected_calibration_error": Formula(
            words=_("the sum over the bins of (rows in the bin / all rows) · |mean prediction - fraction|"),
            parameters=("y_true", "p", "bins"),
            right=expected_calibration_error,
            trials=_trials,
            mistakes=_ERROR_MISTAKES,
            shape_hint=_("Return one number."),
        ),
    }
)
