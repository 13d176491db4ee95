"""The rates of a yes/no classifier, from the four counts TP, FP, TN, FN.

Definitions as scikit-learn has them (a test compares the numbers); where the denominator is 0 the rate is 0.0, as
with its `zero_division=0`. Importing scikit-learn takes longer than all the rest of such a check.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import combinations
from types import MappingProxyType

import numpy as np

from grader.core.arrays import Array
from grader.core.i18n import Words, _
from grader.core.seal import NO_SEAL, Seal
from grader.rubric.checks.formulas.formula import Formula, Mistake, Trial

Rate = Callable[[int, int, int, int], float]

PARAMETERS = ("tp", "fp", "tn", "fn")
SPAM = (38, 1, 49, 12)  # the course's example: of 50 spam mails 38 were found, of 50 others 1 was called spam

# Names and definitions; F1 is 2 TP / (2 TP + FP + FN), and no fraction of sums like the others.
NAMES: Mapping[str, str] = MappingProxyType(
    {
        "sensitivity": "TP / (TP + FN)",
        "specificity": "TN / (FP + TN)",
        "precision": "TP / (TP + FP)",
        "false_positive_rate": "FP / (FP + TN)",
        "false_negative_rate": "FN / (TP + FN)",
        "accuracy": "(TP + TN) / (TP + FP + TN + FN)",
        "error_rate": "(FP + FN) / (TP + FP + TN + FN)",
        "f1": "2 TP / (2 TP + FP + FN)",
    }
)


@lru_cache(maxsize=1024)  # each of the few inputs is asked for again and again
def _matrix(counts: tuple[int, ...], normalize: str) -> Array:
    """Return the confusion matrix [[TN, FP], [FN, TP]], in shares of its rows ("true"), columns ("pred") or "all".

    An empty row or column has shares of 0.
    """
    tp, fp, tn, fn = counts
    matrix = np.array([[tn, fp], [fn, tp]])
    axis = {"true": 1, "pred": 0, "all": None}[normalize]
    total = matrix.sum(axis=axis, keepdims=True)
    return matrix / np.where(total == 0, 1, total)


def _share(normalize: str, *places: tuple[int, int]) -> Rate:
    def rate(*counts: int) -> float:
        matrix = _matrix(counts, normalize)
        return float(sum(matrix[place] for place in places))

    return rate


def _f1(tp: int, fp: int, _tn: int, fn: int) -> float:
    total = 2 * tp + fp + fn
    return 2 * tp / total if total else 0.0


RIGHT: Mapping[str, Rate] = MappingProxyType(
    {
        "sensitivity": _share("true", (1, 1)),
        "specificity": _share("true", (0, 0)),
        "precision": _share("pred", (1, 1)),
        "false_positive_rate": _share("true", (0, 1)),
        "false_negative_rate": _share("true", (1, 0)),
        "accuracy": _share("all", (0, 0), (1, 1)),
        "error_rate": _share("all", (0, 1), (1, 0)),
        "f1": _f1,
    }
)

# How many calls are made: the example, counts drawn at random, and edges.
GENERAL = 9


@cache
def build_trials(seal: Seal = NO_SEAL) -> tuple[Trial, ...]:
    """Return the spam example, counts drawn at random, and empty denominators."""
    random = seal.random("rates", 6)
    sizes = (10, 10, 30, 100, 100, 1000, 1000, 10_000, 1_000_000)
    drawn = [tuple(int(v) for v in 1 + random.permutation(size)[:4]) for size in sizes[:GENERAL]]
    zero = _("The denominator is 0 there: the task sheet asks for 0.0.")
    no_hits = _("Counts may be 0: mind every division, those of intermediate results too.")
    edges = (
        ("all_found", (7, 0, 9, 0), _("where nothing is wrong"), no_hits),
        ("none_found", (0, 3, 0, 5), _("where nothing is right"), no_hits),
        ("no_positives", (0, 4, 11, 0), _("where there are no positives"), zero),
        ("no_negatives", (6, 0, 0, 2), _("where there are no negatives"), zero),
        ("none_called_positive", (0, 0, 8, 5), _("where nothing was called positive"), zero),
        ("none_called_negative", (5, 8, 0, 0), _("where nothing was called negative"), zero),
        ("only_negatives", (0, 0, 12, 0), _("where all are negatives and called so"), zero),
        ("only_false_alarms", (0, 12, 0, 0), _("where all are negatives and none is called so"), zero),
        ("only_hits", (3, 0, 0, 0), _("where all are positives and called so"), zero),
        ("only_misses", (0, 0, 0, 4), _("where all are positives and none is called so"), zero),
        ("nothing", (0, 0, 0, 0), _("where there is nothing at all"), zero),
    )
    return (
        Trial("spam", SPAM, spam=True),
        *(Trial(f"general_{i}", counts) for i, counts in enumerate(drawn)),
        *(Trial(name, counts, edge=edge, hint=hint) for name, counts, edge, hint in edges),
    )


# What students compute instead: fractions of sums of counts, whatever they are called.


def _sums(largest: int) -> Iterator[tuple[int, ...]]:
    for size in range(1, largest + 1):
        yield from combinations(range(4), size)


def _words(parts: Sequence[int]) -> str:
    text = " + ".join(PARAMETERS[i].upper() for i in parts)
    return text if len(parts) == 1 else f"({text})"


def _fraction(above: Sequence[int], below: Sequence[int]) -> Rate:
    def rate(*counts: int) -> float:
        bottom = sum(counts[i] for i in below)
        return sum(counts[i] for i in above) / bottom if bottom else 0.0

    return rate


def _named(name: str) -> Iterator[Mistake]:
    """Yield what the other functions of the exercise compute."""
    right = NAMES[name]
    for other, words in NAMES.items():
        if other != name:
            text = _(
                "That is {received}, which is what {other} means; {name} is {right}.",
                received=words,
                other=other,
                name=name,
                right=right,
            )
            yield Mistake(RIGHT[other], text)


def _scaled(name: str) -> Iterator[Mistake]:
    rate = RIGHT[name]
    yield Mistake(lambda *c: 100 * rate(*c), _("That is the rate in per cent; expected is a number from 0 to 1."))
    for digits in (1, 2, 3):
        yield Mistake(
            lambda *c, d=digits: round(rate(*c), d),
            _("That is rounded; return the number as it is, and round where you print it."),
        )


def _assigned(counts: Sequence[int], order: Sequence[int]) -> tuple[int, int, int, int]:
    taken = dict(zip(order, counts, strict=True))
    return taken[0], taken[1], taken[2], taken[3]


# What some denominators count: more than a formula says to a beginner.
_WHO: Mapping[tuple[int, ...], Words] = MappingProxyType(
    {
        (0, 1): _("a share of all that were called positive"),
        (0, 3): _("a share of all that are positive"),
        (1, 2): _("a share of all that are negative"),
        (2, 3): _("a share of all that were called negative"),
        (0, 1, 2, 3): _("a share of all"),
    }
)


def _fractions(name: str) -> Iterator[Mistake]:
    """Yield the fractions that have no name here, and none that is always 1."""
    right = NAMES[name]
    for below in _sums(4):
        for above in _sums(2):
            words = f"{_words(above)} / {_words(below)}"
            if words in NAMES.values() or above == below:
                continue
            text = _(
                "That is {received}, {who}; {name} is {right}. The arguments come as tp, fp, tn, fn.",
                received=words,
                who=_WHO.get(below, _("a ratio without a name")),
                name=name,
                right=right,
            )
            yield Mistake(_fraction(above, below), text)


_ORDERS = ((0, 2, 1, 3), (0, 1, 3, 2), (2, 1, 0, 3))


def _f1_mistakes() -> Iterator[Mistake]:
    for order in _ORDERS:
        yield Mistake(
            lambda *c, o=order: _f1(*_assigned(c, o)),
            _(
                "That comes out when the arguments are taken as {order}; they come as tp, fp, tn, fn.",
                order=", ".join(PARAMETERS[i] for i in order),
            ),
        )
    precision, sensitivity = RIGHT["precision"], RIGHT["sensitivity"]
    yield Mistake(
        lambda *c: (precision(*c) + sensitivity(*c)) / 2,
        _(
            "That is the ordinary mean of precision and sensitivity; F1 is their harmonic mean, {right}.",
            right=NAMES["f1"],
        ),
    )
    yield Mistake(
        lambda *c: (precision(*c) * sensitivity(*c)) ** 0.5,
        _(
            "That is the geometric mean of precision and sensitivity; F1 is their harmonic mean, {right}.",
            right=NAMES["f1"],
        ),
    )
    yield Mistake(
        lambda *c: _f1(*c) / 2,
        _("That is half of it: the harmonic mean of two numbers p and q is 2 p q / (p + q)."),
    )
    yield Mistake(
        lambda *c: precision(*c) * sensitivity(*c),
        _("That is the product of precision and sensitivity; divide it by their mean."),
    )


def _formula(name: str) -> Formula:
    special = tuple(_f1_mistakes()) if name == "f1" else ()
    usual = (*_named(name), *special, *_scaled(name), *_fractions(name))
    return Formula(
        words=f"{name} = {NAMES[name]}",
        parameters=PARAMETERS,
        right=RIGHT[name],
        trials=build_trials,
        mistakes=usual,
        shape_hint=_("Return the rate itself."),
    )


RATE_FORMULAS: Mapping[str, Formula] = MappingProxyType({name: _formula(name) for name in NAMES})
