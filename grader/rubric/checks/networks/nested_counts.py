"""Judge counts of what learns by a network of the grader's with a nested model, not all of which learns."""

import math
from collections.abc import Mapping

from grader.core.arrays import Array
from grader.core.i18n import Words, _
from grader.evidence.case import Case
from grader.evidence.judgement import Judgement, PreconditionFailedError, partial
from grader.evidence.values import is_numeric
from grader.protocol.plan import BuildStandIn, NestedSizes
from grader.protocol.verdict import Status
from grader.rubric.checks.calls import show_call, write_call

UNITS = 13  # of the last layer
SIZES = NestedSizes(first=4, frozen=3, head=5)
HALF = 0.5  # of the points, where only the count of this network is wrong
_HEAD = SIZES.frozen * SIZES.head + SIZES.head  # numbers of the first layer behind the nested model
_LAST = SIZES.head * UNITS + UNITS
_FROZEN_LAYER = SIZES.first * SIZES.frozen + SIZES.frozen
_MEASURED = 2 * SIZES.first  # means and variances of BatchNormalization


def make_nested(name: str, sample: str) -> BuildStandIn:
    """Return the step that builds the network, for rows like those of `sample`."""
    return BuildStandIn(
        id=name, sample=sample, units=UNITS, activation="linear", loss="mse", metric="mae", nested=SIZES
    )


def count_right(row: tuple[int, ...]) -> tuple[int, int]:
    """Return how many numbers of the network learn and how many do not, for rows of this shape."""
    scales = 2 * SIZES.first  # of BatchNormalization
    return (math.prod(row) + 1) * SIZES.first + scales + _HEAD + _LAST, _FROZEN_LAYER + _MEASURED


def judge_nested(case: Case, function: str, step: str, rows: Array) -> Judgement | None:
    """Return the judgement for a function whose counts of the network are wrong; None for right ones.

    Args:
        case: the evidence.
        function: that counts.
        step: id of its call with the network.
        rows: the sample that the network was built for, (n, ...).
    """
    shape = rows.shape[1:]
    right = count_right(shape)
    try:
        counted = case.array(step, function)
    except PreconditionFailedError as unmet:
        if unmet.judgement.status is Status.NOT_GRADED:
            return unmet.judgement
        return _show(function, right, shape, problem=unmet.judgement.message)
    if not is_numeric(counted) or counted.size != 2:
        return _show(function, right, shape, problem=_("It does not return two numbers."))
    answer = tuple(counted.ravel().tolist())
    if answer == right:
        return None
    text = f"({answer[0]:g}, {answer[1]:g})"
    what = _explain_learning(answer[0], right) or _explain_rest(answer[1], right)
    return _show(function, right, shape, problem=_("It returns {received}. {what}", received=text, what=what))


def _explain_learning(count: float, right: tuple[int, int]) -> Words | None:
    """Say what was counted wrongly where the count of what learns is not the right one; else None."""
    causes: Mapping[int, Words] = {
        sum(right): _(
            "All numbers of a nested model count as learning there, because it is trainable as a whole; but the "
            "frozen layer in it does not learn, and the means and variances of BatchNormalization do not, either."
        ),
        right[0] + _FROZEN_LAYER: _("The frozen layer in the nested model counts as learning there."),
        right[0] + _MEASURED: _("The means and variances of BatchNormalization count as learning there."),
        _HEAD + _LAST: _("Nothing of the nested model counts as learning there, though most of it is trainable."),
        _LAST: _("Only the last layer counts as learning there."),
    }
    if count == right[0]:
        return None
    return causes.get(int(count) if math.isfinite(count) else -1) or _(
        "model.trainable_weights holds all arrays that learn, also those of nested models."
    )


def _explain_rest(count: float, right: tuple[int, int]) -> Words:
    """Say what was counted wrongly where only the count of what does not learn is wrong."""
    if count == _FROZEN_LAYER:
        return _("The means and variances of BatchNormalization, which do not learn, are left out.")
    if count == _MEASURED:
        return _("The frozen layer in the nested model is left out.")
    return _("model.non_trainable_weights holds all arrays that do not learn, also those of nested models.")


def _show(function: str, right: tuple[int, int], shape: tuple[int, ...], *, problem: Words) -> Judgement:
    """Return the judgement with the call that shows the problem."""
    message = _(
        "{function}() counts your own network right, but not every one: another network has a nested model with "
        "BatchNormalization and a frozen layer, and behind it a head of two Dense layers; {trainable} of its "
        "numbers learn and {frozen} do not. {problem}",
        function=function,
        trainable=right[0],
        frozen=right[1],
        problem=problem,
    )
    nested = (
        f"nested = keras.Sequential([keras.Input({shape}), keras.layers.Flatten(), "
        f"keras.layers.Dense({SIZES.first}), keras.layers.BatchNormalization(), "
        f"keras.layers.Dense({SIZES.frozen})]); nested.layers[-1].trainable = False"
    )
    model = f"keras.Sequential([nested, keras.layers.Dense({SIZES.head}), keras.layers.Dense({UNITS})])"
    return show_call(partial(HALF, message, expected=str(right)), write_call(function, model, before=nested))
