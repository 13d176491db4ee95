"""What else than standardised tables students return, and what is said of it."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from grader.core.arrays import Array
from grader.core.i18n import _
from grader.evidence.judgement import Judgement, failed

CLOSE = 2e-3  # of standardised numbers: single precision and a small number added to the deviation err far below


class Parts(NamedTuple):
    """The two parts of a table."""

    train: Array
    test: Array


def find_mistake(function: str, received: Parts, parts_given: Parts, right: Sequence[Parts]) -> Judgement | None:
    """Return the judgement for a table that one of the usual mistakes gives, else None.

    Args:
        function: name of the function that returned it.
        received: what it returned.
        parts_given: what it was given.
        right: what it may return.
    """
    return _name_mistake(function, received, parts_given) or _find_mistake_in_one_part(
        function, received, parts_given, right
    )


def _name_mistake(function: str, received: Parts, parts_given: Parts) -> Judgement | None:
    """Return the judgement for one of the usual mistakes, by what each of them gives; None for any other."""
    both = np.concatenate(parts_given)
    expected = _("(x - mean of x_train) / standard deviation of x_train, for each column of both parts")
    for words, description, answers in (
        (
            _(
                "{function}() standardises each part by itself: in x_test, the mean and the standard "
                "deviation of x_test are used. Take those of x_train for both, or the same row has other "
                "numbers in other company.",
                function=function,
            ),
            _("x_test standardised by its own mean and deviation"),
            [
                Parts(
                    standardise(parts_given, parts_given.train, f).train,
                    standardise(parts_given, parts_given.test, f).test,
                )
                for f in (0, 1)
            ],
        ),
        (
            _(
                "{function}() computes mean and standard deviation from both parts together. Then the "
                "network has seen something of the test rows before they are tested. Fit on x_train only.",
                function=function,
            ),
            _("both parts standardised by the statistics of all rows"),
            [standardise(parts_given, both, f) for f in (0, 1)],
        ),
        (
            _(
                "{function}() standardises both parts by mean and standard deviation of x_test. Take those "
                "of x_train for both.",
                function=function,
            ),
            _("both parts standardised by the statistics of x_test"),
            [standardise(parts_given, parts_given.test, f) for f in (0, 1)],
        ),
        (
            _(
                "{function}() standardises x_train and leaves x_test as it is. The network would get "
                "numbers of another size than it was trained with.",
                function=function,
            ),
            _("x_test as it came"),
            [Parts(standardise(parts_given, parts_given.train, f).train, parts_given.test) for f in (0, 1)],
        ),
        (
            _("{function}() returns the rows as they came.", function=function),
            _("both parts as they came"),
            [parts_given],
        ),
        (
            _(
                "{function}() uses one mean and one standard deviation for the whole table. Each column is "
                "a feature with a unit of its own: use axis=0.",
                function=function,
            ),
            _("all columns standardised by the same two numbers"),
            [_scale_by(parts_given, parts_given.train.mean(), parts_given.train.std(ddof=f)) for f in (0, 1)],
        ),
        (
            _(
                "{function}() standardises each row, not each column. The features are the columns: use axis=0.",
                function=function,
            ),
            _("rows with the mean 0"),
            [Parts(*(_by_rows(part, f) for part in parts_given)) for f in (0, 1)],
        ),
        (
            _(
                "{function}() subtracts the mean, but does not divide by the standard deviation.",
                function=function,
            ),
            _("columns with the mean 0 and their old deviation"),
            [_scale_by(parts_given, parts_given.train.mean(axis=0), 1.0)],
        ),
        (
            _(
                "{function}() divides by the standard deviation, but does not subtract the mean.",
                function=function,
            ),
            _("columns with the standard deviation 1 and a mean other than 0"),
            [_scale_by(parts_given, 0.0, parts_given.train.std(axis=0, ddof=f)) for f in (0, 1)],
        ),
        (
            _(
                "{function}() makes each row as long as 1 (normalize). To standardise, subtract from each column "
                "its mean, and divide by its standard deviation.",
                function=function,
            ),
            _("rows of the length 1"),
            [Parts(*(part / np.linalg.norm(part, axis=1, keepdims=True) for part in parts_given))],
        ),
        (
            _(
                "{function}() uses median and quartiles (RobustScaler). To standardise, subtract the mean and "
                "divide by the standard deviation (StandardScaler).",
                function=function,
            ),
            _("columns scaled by median and quartiles"),
            [_scale_by(parts_given, np.median(parts_given.train, axis=0), _quartile_range(parts_given.train))],
        ),
        (
            _(
                "{function}() divides by the variance. Divide by its square root, the standard deviation.",
                function=function,
            ),
            _("columns divided by their variance"),
            [
                _scale_by(parts_given, parts_given.train.mean(axis=0), parts_given.train.var(axis=0, ddof=f))
                for f in (0, 1)
            ],
        ),
    ):
        if any(is_close(received.train, a.train) and is_close(received.test, a.test) for a in answers):
            return failed(words, expected=expected, received=description)
    if any(is_close(received.train, _by_range(parts_given.train, by)) for by in (parts_given.train, both)):
        message = _(
            "{function}() scales to the range from 0 to 1 by smallest and largest value. That is another "
            "scaling: to standardise, subtract the mean and divide by the standard deviation.",
            function=function,
        )
        return failed(message, expected=expected, received=_("columns from 0 to 1"))
    return None


def _find_mistake_in_one_part(
    function: str, received: Parts, parts_given: Parts, right: Sequence[Parts]
) -> Judgement | None:
    """Return the judgement where one part is right and something is left undone in the other."""
    mean, deviation = parts_given.train.mean(axis=0), parts_given.train.std(axis=0)
    for name, place, other in (("x_train", 0, 1), ("x_test", 1, 0)):
        part, raw = received[place], parts_given[place]
        if not any(is_close(received[other], r[other]) for r in right):
            continue
        for answer, mistake in (
            (raw, _("it comes back as it was")),
            (raw - mean, _("the mean is subtracted, but nothing is divided")),
            (raw / deviation, _("it is divided by the standard deviation, but no mean is subtracted")),
            ((raw - mean) * deviation, _("it is multiplied by the standard deviation instead of divided")),
            ((raw + mean) / deviation, _("the mean is added instead of subtracted")),
        ):
            if is_close(part, answer):
                message = _(
                    "{function}() standardises one part rightly, but not {name}: {mistake}. Both need "
                    "(x - mean of x_train) / standard deviation of x_train.",
                    function=function,
                    name=name,
                    mistake=mistake,
                )
                return failed(message, expected=_("both parts standardised"), received=mistake)
    return None


def _scale_by(parts_given: Parts, mean: Array | float, deviation: Array | float) -> Parts:
    return Parts((parts_given.train - mean) / deviation, (parts_given.test - mean) / deviation)


def standardise(parts_given: Parts, rows: Array, freedom: int) -> Parts:
    """Return both parts standardised by the statistics of `rows`, of which there may be one only."""
    deviation = rows.std(axis=0, ddof=freedom if len(rows) > 1 else 0)
    return _scale_by(parts_given, rows.mean(axis=0), np.where(deviation > 0, deviation, 1.0))


def _quartile_range(rows: Array) -> Array:
    low, high = np.percentile(rows, [25, 75], axis=0)
    spread: Array = np.where(high > low, high - low, 1.0)
    return spread


def _by_rows(part: Array, freedom: int) -> Array:
    scaled: Array = (part - part.mean(axis=1, keepdims=True)) / part.std(axis=1, ddof=freedom, keepdims=True)
    return scaled


def _by_range(part: Array, rows: Array) -> Array:
    low, high = rows.min(axis=0), rows.max(axis=0)
    scaled: Array = (part - low) / (high - low)
    return scaled


def is_close(received: Array, wanted: Array, within: float = CLOSE) -> bool:
    """Return whether numbers are those expected, up to rounding."""
    return bool(np.allclose(received, wanted, rtol=within, atol=within))
