"""Softmax, as Keras 3 defines it, written with NumPy; tests prove it equal to Keras's own."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

import numpy as np

from grader.core.arrays import Array
from grader.core.i18n import _
from grader.core.seal import NO_SEAL, Seal
from grader.rubric.checks.formulas.formula import Formula, Mistake, Trial, build_integer_trial, build_list_trial


def softmax(z: Array) -> Array:
    """Return the softmax of each row of (n, k)."""
    powers = np.exp(z.astype(float) - z.max(axis=1, keepdims=True))
    result: Array = powers / powers.sum(axis=1, keepdims=True)
    return result


_OVERFLOW = _("exp() of huge numbers overflows: subtract the largest number of its row from each row first.")


@cache
def _softmax_trials(seal: Seal = NO_SEAL) -> tuple[Trial, ...]:
    """Return tables of logits: a small one, drawn ones, and edges."""
    random = seal.random("logits", 62)
    general = [Trial("small", (np.array([[1.0, 2.0, 4.0], [0.0, -1.0, 0.5]]),))]
    for i, (rows, columns, spread) in enumerate(((2, 5, 1), (5, 2, 2), (4, 4, 3), (30, 10, 1), (80, 3, 4))):
        general.append(Trial(f"general_{i}", (random.normal(0.5, spread, (rows, columns)),)))
    edges = (
        Trial("one_row", (np.array([[0.5, -1.0, 2.0, 0.0]]),), edge=_("for a single row")),
        Trial(
            "ties", (np.array([[2.0, 2.0, 2.0], [0.0, 0.0, 0.0], [1.0, 1.0, -3.0]]),), edge=_("for equal numbers")
        ),
        Trial(
            "one_column",
            (np.array([[3.0], [-1.0]]),),
            edge=_("for a single column"),
            hint=_("The softmax of one number is 1."),
        ),
        build_integer_trial("integers", (random.integers(-4, 5, (6, 4)),)),
        build_list_trial("lists", (np.array([[1.0, 0.0, 2.0], [0.5, 0.25, -1.0]]),)),
        Trial(
            "thousand",
            (np.array([[1000.0, 999.0, 998.0], [999.0, 1000.0, 999.5]]),),
            edge=_("for huge numbers"),
            hint=_OVERFLOW,
        ),
        Trial(
            "only_huge",
            (np.array([[1000.0, 1000.0], [1000.0, 0.0], [400.0, 1000.0]]),),
            edge=_("for huge numbers"),
            hint=_OVERFLOW,
        ),
        Trial(
            "far_rows",
            (np.array([[900.0, 901.0], [-900.0, -901.0], [0.0, 1.0]]),),
            edge=_("for rows that are far from each other"),
            hint=_("Subtract from each row its own largest number, not the largest one of the whole table."),
        ),
        Trial(
            "one_far",
            (np.array([[0.0, 0.0, 0.0, 2000.0], [2000.0, 0.0, 0.0, 0.0], [-3000.0, -3000.0, 0.0, -3000.0]]),),
            edge=_("where one number is far above the others"),
            hint=_OVERFLOW,  # it is the largest that has to be subtracted, not the mean or the smallest
        ),
        Trial(
            "minus_thousand",
            (np.array([[-1000.0, -1001.0, -1000.0], [-2000.0, -2000.0, -1990.0]]),),
            edge=_("for huge negative numbers"),
            hint=_(
                "exp() of them is 0, and 0 / 0 is not a number: subtract the largest number of its row from each "
                "row first."
            ),
        ),
        # Whole numbers, for float32 has the differences of those exactly.
        Trial("wide", (np.round(random.normal(0, 300, (20, 7))),), edge=_("for huge numbers"), hint=_OVERFLOW),
    )
    return (*general, *edges)


def _powers(z: Array) -> Array:
    result: Array = np.exp(z.astype(float))
    return result


_SOFTMAX_MISTAKES = (
    Mistake(
        lambda z: _powers(z) / _powers(z).sum(axis=0),
        _("Columns sum to 1 there: sum over each row (axis=1, keepdims=True)."),
    ),
    Mistake(
        lambda z: _powers(z) / _powers(z).sum(),
        _("The whole table sums to 1 there: sum over each row (axis=1, keepdims=True)."),
    ),
    Mistake(_powers, _("That is exp(z) alone: divide each row by its sum.")),
    Mistake(
        lambda z: 1 / (1 + np.exp(-z.astype(float))),
        _("That is the sigmoid of each number; softmax divides exp(z) by the sum of its row."),
    ),
    Mistake(lambda z: np.log(softmax(z)), _("That is the logarithm of softmax.")),
    Mistake(
        lambda z: z / z.sum(axis=1, keepdims=True),
        _("exp() is missing: numbers may be negative, probabilities may not."),
    ),
    Mistake(lambda z: softmax(-z), _("The sign is wrong: the largest number has to get the largest probability.")),
    Mistake(
        lambda z: 2.0**z / (2.0**z).sum(axis=1, keepdims=True),
        _("That takes powers of 2; softmax takes powers of e, with exp()."),
    ),
    Mistake(lambda z: np.exp(z - z.max(axis=1, keepdims=True)), _("Each row still has to be divided by its sum.")),
    Mistake(
        lambda z: np.eye(z.shape[1])[z.argmax(axis=1)],
        _("That marks the largest number only (hardmax); softmax gives a probability for each."),
    ),
    Mistake(lambda z: softmax(softmax(z)), _("That is softmax twice.")),
)


SOFTMAX_FORMULAS: Mapping[str, Formula] = MappingProxyType(
    {
        "softmax": Formula(
            words=_("exp(z), each row divided by its sum"),
            parameters=("z",),
            right=softmax,
            trials=_softmax_trials,
            mistakes=_SOFTMAX_MISTAKES,
            shape_hint=_("Return one probability for each number."),
        ),
    }
)
