"""Tell rows that were drawn at random from rows that were chosen by a pattern."""

from math import comb

import numpy as np

from grader.core.arrays import Array
from grader.core.i18n import _
from grader.evidence.judgement import Judgement, failed

MOST_DEVIATIONS = 4.4  # standard deviations
MORE_SETS = 10**8  # times as many sets of places as there are of places at equal distances
LEAST_DRAWN = 8  # rows of a class that are drawn, and that are not: of fewer, chance may look like a pattern


def are_drawn_at_random(drawn: Array, count: int) -> bool:
    """Return whether positions may have been drawn at random from 0 to `count` - 1.

    Source: Wald and Wolfowitz (1940): how often drawn and left positions alternate has a known mean and variance.
    Of a hundred thousand random draws, one is taken for a pattern. Where every fifth one is drawn, they alternate
    nearly as often as by chance: distances that are all alike are a pattern, too.
    """
    is_drawn = np.zeros(count, dtype=bool)
    is_drawn[drawn] = True
    alternations = 1 + int((is_drawn[1:] != is_drawn[:-1]).sum())
    twice = 2.0 * is_drawn.sum() * (~is_drawn).sum()
    mean, variance = 1 + twice / count, twice * (twice - count) / (count**2 * (count - 1))
    if abs(alternations - mean) > MOST_DEVIATIONS * np.sqrt(variance):
        return False
    return not any(_are_at_equal_distances(np.flatnonzero(part), count) for part in (is_drawn, ~is_drawn))


def _are_at_equal_distances(places: Array, count: int) -> bool:
    """Return whether the distances of sorted places from 0 to `count` - 1 are alike, as chance never makes them.

    All distances are the same number or one more. There are at most `count` beginnings, a choice of two for each
    distance, and count / (places - 1) numbers: all in all so few that random places are hardly ever among them.
    """
    gaps = np.diff(places)
    if len(gaps) < 1 or gaps.max() - gaps.min() > 1:
        return False
    alike = count * 2 ** len(gaps) * (count // len(gaps) + 1)
    return bool(alike * MORE_SETS < comb(count, len(places)))


def is_sample_random(y: Array, rows: Array) -> bool:
    """Return whether a sample may have been drawn at random from each class.

    Args:
        y: labels of the table, (n,).
        rows: positions of the sample's rows in the table; one may occur many times.
    """
    times = np.bincount(rows, minlength=len(y))
    for label in np.unique(y):
        of_class = times[y == label]
        drawn = np.flatnonzero(of_class > of_class.min())
        can_tell = min(len(drawn), len(of_class) - len(drawn)) >= LEAST_DRAWN
        if can_tell and not are_drawn_at_random(drawn, len(of_class)):
            return False
    return True


def is_sample_varied(y: Array, rows: Array) -> bool:
    """Return whether the rows that a sample repeats are as different as they would be if each were drawn anew.

    Of m draws from n rows, n * (1 - (1 - 1 / n)**m) different ones are expected. Half of that is missed once in a
    hundred thousand samples at most.

    Args:
        y: labels of the table, (n,).
        rows: positions of the sample's rows in the table; one may occur many times.
    """
    times = np.bincount(rows, minlength=len(y))
    for label in np.unique(y):
        repeated = times[y == label] - times[y == label].min()
        count, draws = len(repeated), int(repeated.sum())
        expected = count * (1 - (1 - 1 / count) ** draws)
        if draws >= LEAST_DRAWN and np.count_nonzero(repeated) < expected / 2:
            return False
    return True


def explain_few(function: str) -> Judgement:
    """Return the judgement of a function that balances the classes by a few rows that it repeats many times."""
    return failed(
        _(
            "The classes are balanced, but {function}() repeats a few rows again and again, and others of the "
            "same class not at all: the network would learn those by heart. Draw a row anew for each one that is "
            "missing, for example rng.choice(rows, count) with rng = np.random.default_rng(seed).",
            function=function,
        ),
        expected=_("each missing row drawn anew"),
        received=_("a few rows that are repeated many times"),
    )


def explain_pattern(function: str) -> Judgement:
    """Return the judgement of a function that balances the classes by rows in a pattern."""
    return failed(
        _(
            "The classes are balanced, but {function}() does not draw at random: the rows that it chooses follow "
            "a pattern, such as the first or the last ones. Tables are often sorted, and then these are no fair "
            "sample. Draw with a generator of the seed, for example np.random.default_rng(seed).",
            function=function,
        ),
        expected=_("rows drawn at random"),
        received=_("rows in a pattern"),
    )
