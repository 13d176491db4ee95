"""Formulas on the labels of a yes/no classifier: counting the four cases, and choosing a threshold."""

from collections.abc import Mapping
from functools import cache
from itertools import permutations
from types import MappingProxyType

import numpy as np

from grader.core.arrays import Array
from grader.core.i18n import _
from grader.core.seal import NO_SEAL, Seal
from grader.evidence.case import Case
from grader.evidence.judgement import PreconditionFailedError, failed
from grader.evidence.values import is_numeric, name_of, numbers
from grader.protocol.evidence import Entries
from grader.rubric.checks.formulas.formula import Formula, Mistake, Trial, build_list_trial

NAMES = ("tp", "fp", "tn", "fn")


def confusion_counts(y_true: Array, y_pred: Array) -> Array:
    """Return TP, FP, TN, FN for labels 0 and 1 of shape (n,)."""
    labels_of_counts = ((1, 1), (0, 1), (0, 0), (1, 0))
    return np.array([np.sum((y_true == true) & (y_pred == predicted)) for true, predicted in labels_of_counts])


_LABELS_HINT = _("Count all four cases, those that do not occur too (scikit-learn: labels=[0, 1]).")


@cache
def _count_trials(seal: Seal = NO_SEAL) -> tuple[Trial, ...]:
    """Return pairs of labels: a small one, drawn ones, and edges."""
    random = seal.random("counts", 65)
    small = np.array([1, 1, 1, 0, 0, 0, 0, 1, 1, 1]), np.array([1, 0, 1, 1, 0, 0, 0, 1, 1, 0])
    general = [Trial("small", small)]
    for i, (rows, share, hits) in enumerate(((20, 0.5, 0.7), (33, 0.3, 0.8), (100, 0.8, 0.6), (500, 0.1, 0.9))):
        y = (random.uniform(size=rows) < share).astype(np.int64)
        general.append(Trial(f"general_{i}", (y, np.where(random.uniform(size=rows) < hits, y, 1 - y))))
    ones, zeros = np.ones(5, dtype=np.int64), np.zeros(5, dtype=np.int64)
    mixed = np.array([1, 0, 1, 1, 0])
    edges = (
        Trial("all_ones", (ones, ones), edge=_("where all labels are 1"), hint=_LABELS_HINT),
        Trial("all_zeros", (zeros, zeros), edge=_("where all labels are 0"), hint=_LABELS_HINT),
        Trial("none_called", (mixed, zeros), edge=_("where nothing was called positive"), hint=_LABELS_HINT),
        Trial("all_called", (mixed, ones), edge=_("where nothing was called negative"), hint=_LABELS_HINT),
        Trial("all_wrong", (ones, zeros), edge=_("where everything is wrong"), hint=_LABELS_HINT),
        Trial("single", (np.array([0]), np.array([1])), edge=_("for a single row"), hint=_LABELS_HINT),
        Trial("float_labels", (mixed.astype(float), ones.astype(float)), edge=_("for labels 0.0 and 1.0")),
        build_list_trial("lists", (mixed, np.array([1, 1, 0, 1, 0]))),
    )
    return (*general, *edges)


def _order(order: tuple[int, ...]) -> Mistake:
    words = _("That is the order {order}; expected is tp, fp, tn, fn.", order=", ".join(NAMES[i] for i in order))
    return Mistake(lambda y, p: confusion_counts(y, p)[list(order)], words)


# The right order, and what is told in other words.
_OTHERWISE = ((0, 1, 2, 3), (0, 3, 2, 1), (2, 3, 0, 1))

_COUNT_MISTAKES = (
    Mistake(
        lambda y, p: confusion_counts(p, y),
        _("False positives and false negatives are exchanged: a false positive was called 1 and is 0."),
    ),
    Mistake(
        lambda y, p: confusion_counts(1 - y, 1 - p),
        _("Positives and negatives are exchanged: positive is the label 1."),
    ),
    *(_order(order) for order in permutations(range(4)) if order not in _OTHERWISE),
    Mistake(lambda y, p: confusion_counts(y, p) / len(y), _("Those are shares; expected are counts.")),
)


def read_counts(case: Case, step: str, function: str) -> Array:
    """Return four counts, from a dict with their names too, or from one with the course's other words."""
    value, arrays = case.value(step)
    if not isinstance(value, Entries):
        return numbers(value, arrays, function).ravel()
    counts = {_folded(key): numbers(item, arrays, function) for key, item in value.entries}
    if set(counts) != set(NAMES) or any(v.size != 1 or not is_numeric(v) for v in counts.values()):
        raise PreconditionFailedError(
            failed(
                _(
                    "{function}() has to return the four counts tp, fp, tn, fn in this order, or a dict with "
                    "these names. Received: {received}.",
                    function=function,
                    received=name_of(value),
                ),
                expected="tp, fp, tn, fn",
                received=name_of(value),
            )
        )
    return np.array([counts[name].item() for name in NAMES])


def _folded(key: str) -> str:
    """Return the short name of a count: "True Positives" is "tp"."""
    words = key.lower().replace("_", " ").replace("-", " ").split()
    return words[0] if len(words) == 1 else "".join(word[0] for word in words)


# The threshold.


def threshold_without_false_positives(y_true: Array, p: Array) -> float:
    """Return the smallest threshold t for which no row with label 0 has p > t; 0.0 where there is none."""
    negatives = p[y_true == 0]
    return float(negatives.max()) if negatives.size else 0.0


def _same_labels(received: Array, y_true: Array, p: Array) -> bool:
    """Return whether a threshold calls the same rows positive as the smallest one does."""
    right = p > threshold_without_false_positives(y_true, p)
    return bool(not np.isnan(received) and np.array_equal(p > received.astype(np.float64), right))


_TIE_HINT = _("A positive with the same probability as a negative cannot be had without it.")


@cache
def _threshold_trials(seal: Seal = NO_SEAL) -> tuple[Trial, ...]:
    """Return labels and probabilities (multiples of 1/1024: float32 holds them too); edges."""
    random = seal.random("thresholds", 66)

    def drawn(rows: int, negatives: float) -> tuple[Array, Array]:
        y = np.r_[0, 1, (random.uniform(size=rows - 2) > negatives).astype(np.int64)]
        p = np.clip(random.normal(0.35 + 0.3 * y, 0.15, rows), 0.01, 0.9)
        # One positive is above all negatives, and one below the smallest of them: no threshold is trivial.
        p[:3] = p[:3] if rows < 6 else [max(p[y == 0]), 0.97, p[2]]
        return y, np.round(p * 1024) / 1024

    small = np.array([0, 1, 0, 1, 1, 0]), np.array([0.125, 0.875, 0.5, 0.25, 0.625, 0.375])
    general = [Trial("small", small)]
    for i, (rows, negatives) in enumerate(((8, 0.5), (25, 0.7), (60, 0.5), (100, 0.2), (300, 0.9))):
        general.append(Trial(f"general_{i}", drawn(rows, negatives)))
    p = np.array([0.25, 0.5, 0.75])
    edges = (
        Trial(
            "separated",
            (np.array([0, 0, 1, 1]), np.array([0.125, 0.25, 0.75, 1.0])),
            edge=_("where the classes are well apart"),
        ),
        Trial(
            "ties",
            (np.array([0, 1, 1, 0]), np.array([0.5, 0.5, 0.75, 0.25])),
            edge=_("where a positive has the probability of a negative"),
            hint=_TIE_HINT,
        ),
        Trial(
            "no_positives",
            (np.array([0, 0, 0]), p),
            edge=_("where there are no positives"),
            hint=_("The largest probability of all is the smallest threshold there."),
        ),
        Trial(
            "no_negatives",
            (np.array([1, 1, 1]), p),
            edge=_("where there are no negatives"),
            hint=_("Nothing can be called positive wrongly there: the task sheet asks for 0.0."),
        ),
        Trial(
            "surest_is_negative",
            (np.array([1, 0, 1]), np.array([0.5, 1.0, 0.75])),
            edge=_("where a negative has the largest probability"),
            hint=_("Nothing may be called positive there."),
        ),
        Trial("single", (np.array([0]), np.array([0.25])), edge=_("for a single row")),
        build_list_trial("lists", (np.array([0, 1, 1]), np.array([0.5, 0.25, 0.75]))),
    )
    return (*general, *edges)


def _best(values: Array, otherwise: float) -> float:
    return float(values.max()) if values.size else otherwise


_THRESHOLD_MISTAKES = (
    Mistake(
        lambda y, p: p[y == 1].min(),
        _(
            "That is the smallest probability of a positive: no positive is missed from there on, but negatives "
            "are called positive."
        ),
    ),
    Mistake(
        lambda y, p: p.max(),
        _(
            "That is the largest probability of all: nothing is called positive any more. Look at the negatives "
            "only."
        ),
    ),
    Mistake(
        lambda y, p: p[y == 0].min(),
        _("That is the smallest probability of a negative; the largest one has to stay below the threshold too."),
    ),
    Mistake(
        lambda y, p: p[y == 0].mean(),
        _("That is the mean probability of the negatives; the largest one has to stay below the threshold too."),
    ),
    Mistake(
        lambda y, p: p[(y == 1) & (p > _best(p[y == 0], 0.0))].min(),
        _(
            "That is the smallest probability of a positive above all negatives. It would be right for p >= "
            "threshold, but positive means p > threshold here: that row is missed."
        ),
    ),
    Mistake(lambda y, p: 0.5, _("That is always 0.5; it has to depend on the data.")),
    Mistake(lambda y, p: 1.0, _("That is always 1: nothing is called positive any more.")),
)

LABEL_FORMULAS: Mapping[str, Formula] = MappingProxyType(
    {
        "confusion_counts": Formula(
            words=_("the counts tp, fp, tn, fn"),
            parameters=("y_true", "y_pred"),
            right=confusion_counts,
            trials=_count_trials,
            mistakes=_COUNT_MISTAKES,
            read=read_counts,
            shape_hint=_("Return the four counts tp, fp, tn, fn in this order."),
        ),
        "threshold_without_false_positives": Formula(
            words=_("the largest probability of a row with label 0"),
            parameters=("y_true", "p"),
            right=threshold_without_false_positives,
            trials=_threshold_trials,
            mistakes=_THRESHOLD_MISTAKES,
            agrees=_same_labels,
            shape_hint=_("Return the threshold, one number."),
        ),
    }
)
