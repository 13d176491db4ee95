"""Checks of functions that read a training history."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from grader.core.arrays import Array
from grader.core.field_rules import FunctionName
from grader.core.i18n import _
from grader.core.seal import Seal
from grader.evidence.case import Case
from grader.evidence.judgement import Judgement, failed, partial, passed
from grader.evidence.values import name_of
from grader.protocol.evidence import ArrayValue, TextValue, Value
from grader.protocol.plan import Call, HistoryArg, Step
from grader.rubric.checks.base import DrawnCheck


def _curves(
    loss: list[float], val_loss: list[float], accuracy: list[float], val_accuracy: list[float]
) -> HistoryArg:
    return HistoryArg(
        series={"loss": loss, "accuracy": accuracy, "val_loss": val_loss, "val_accuracy": val_accuracy}
    )


@dataclass(frozen=True)
class _Curve:
    """Makes the values of curves, which change fast at first.

    `ratio`: what an epoch leaves of the distance to the end of a curve.
    """

    ratio: float

    def falling(self, start: float, end: float, epochs: int = 30) -> list[float]:
        """Return values that go from `start` to `end`."""
        return [round(end + (start - end) * self.ratio**epoch, 4) for epoch in range(epochs)]

    def turning(self, start: float, low: float, end: float, epochs: int = 30) -> list[float]:
        """Return values that fall towards `low` in a third of the epochs and then rise to `end`."""
        third = epochs // 3
        fall = self.falling(start, low, third)
        rise = (end - fall[-1]) / (epochs - third)
        return fall + [round(fall[-1] + rise * (epoch + 1), 4) for epoch in range(epochs - third)]


def _list_histories(ratio: float) -> Mapping[str, tuple[str, HistoryArg]]:
    """Return what each history shows, and its curves: clear cases only, as two honest teachers would call them.

    On validation rows, one that overfits is no better than one that underfits: the accuracy on these alone does
    not tell them apart. `ratio`: see `_Curve`.
    """
    falling, turning = _Curve(ratio).falling, _Curve(ratio).turning
    return {
        "overfitting": (
            "overfitting",
            _curves(falling(2.2, 0.01), turning(2.2, 0.55, 1.4), falling(0.2, 1.0), falling(0.2, 0.8)),
        ),
        "overfitting-early": (
            "overfitting",
            _curves(falling(1.9, 0.002), turning(1.8, 0.9, 2.4), falling(0.3, 1.0), falling(0.3, 0.58)),
        ),
        "underfitting": (
            "underfitting",
            _curves(falling(2.31, 2.2), falling(2.31, 2.21), falling(0.09, 0.16), falling(0.1, 0.15)),
        ),
        "underfitting-middle": (
            "underfitting",
            _curves(falling(2.3, 1.25), falling(2.3, 1.27), falling(0.1, 0.63), falling(0.1, 0.62)),
        ),
        "good": (
            "good fit",
            _curves(falling(2.2, 0.06), falling(2.2, 0.09), falling(0.2, 0.985), falling(0.2, 0.975)),
        ),
        # Validation stops falling a little before training does: that alone is no overfitting.
        "good-long": (
            "good fit",
            _curves(
                falling(2.0, 0.1, 60),
                [*falling(2.0, 0.12, 40), *[0.122, 0.121] * 10],
                falling(0.3, 0.97, 60),
                falling(0.3, 0.965, 60),
            ),
        ),
    }


def _list_more_histories(ratio: float) -> Mapping[str, tuple[str, HistoryArg]]:
    """Return histories that the training loss at their end does not tell apart from the others."""
    falling, turning = _Curve(ratio).falling, _Curve(ratio).turning
    return {
        "overfitting-late": (
            "overfitting",
            _curves(falling(2.3, 0.2), turning(2.2, 0.7, 1.5), falling(0.2, 0.94), falling(0.2, 0.72)),
        ),
        "good-easy": (
            "good fit",
            _curves(falling(2.2, 0.012), falling(2.2, 0.016), falling(0.3, 0.999), falling(0.3, 0.997)),
        ),
    }


HISTORIES = {**_list_histories(0.82), **_list_more_histories(0.82)}


@cache
def vary_histories(seal: Seal) -> Mapping[str, tuple[str, HistoryArg]]:
    """Return the histories, each with its losses on another scale and its accuracies a little shifted.

    What they show stays the same: the curves of a history bend a little faster or later, all its losses are
    multiplied by one number near 1, and all its accuracies shifted by one near 0. They come in another order,
    under names that do not tell what they show. Without a secret, nothing is changed.
    """
    if not seal.is_closed:
        return HISTORIES
    # Drawn one after the other: the first ones are those that earlier releases have asked for.
    first = _vary(_list_histories, seal.random("histories"), 1)
    return {**first, **_vary(_list_more_histories, seal.random("more histories"), len(first) + 1)}


def _vary(
    make: Callable[[float], Mapping[str, tuple[str, HistoryArg]]], random: np.random.Generator, start: int
) -> Mapping[str, tuple[str, HistoryArg]]:
    """Return changed histories, numbered from `start` on."""
    varied = {}
    for number, place in enumerate(random.permutation(len(make(1.0))), start=start):
        truth, curves = list(make(random.uniform(0.78, 0.86)).values())[place]
        factor, shift = random.uniform(0.92, 1.08), random.uniform(-0.012, 0.012)
        series = {
            key: [
                round(value * factor, 4) if "loss" in key else round(min(max(value + shift, 0.0), 1.0), 4)
                for value in values
            ]
            for key, values in curves.series.items()
        }
        varied[f"history-{number}"] = truth, HistoryArg(series=series)
    return varied


@dataclass(frozen=True)
class Diagnoses(DrawnCheck):
    """`function(history)` names what made-up histories show: overfitting, underfitting or a good fit.

    >>> Diagnoses("diagnose")
    """

    function: FunctionName

    def steps(self, seeds: Sequence[int]) -> Sequence[Step]:
        """Return a call for each history."""
        return tuple(
            Call(id=f"{self.function}@{name}", function=self.function, arguments=(curves,))
            for name, (_, curves) in vary_histories(self.seal).items()
        )

    def judge(self, case: Case) -> Judgement:
        """Judge by the histories told rightly: all of them, or half of the points where one kind is not known."""
        wrong: list[tuple[str, str, str]] = []
        for name, (truth, _unused) in vary_histories(self.seal).items():
            value, arrays = case.value(f"{self.function}@{name}")
            answer = _read_answer(value, arrays)
            if _letters(answer) != _letters(truth):
                wrong.append((name, truth, answer))
        if not wrong:
            return passed(_("All {count} histories are named correctly.", count=len(HISTORIES)))
        _name, truth, answer = wrong[0]
        message = _(
            "{wrong} of {count} histories are called something else. The first one shows {truth}; {function}() "
            "says {said}.",
            wrong=len(wrong),
            count=len(HISTORIES),
            truth=truth,
            function=self.function,
            said=answer[:80],
        )
        if len({truth for _name, truth, _answer in wrong}) == 1:
            return partial(0.5, message, expected=truth, received=answer[:200])
        return failed(message, expected=truth, received=answer[:200])


def _read_answer(value: Value, arrays: Mapping[str, Array]) -> str:
    """Return the words that were returned: as a str, or as one text of NumPy."""
    if isinstance(value, TextValue):
        return value.text
    array = arrays[value.ref] if isinstance(value, ArrayValue) else None
    return (
        str(array.ravel()[0])
        if array is not None and array.dtype.kind == "U" and array.size == 1
        else name_of(value)
    )


def _letters(text: str) -> str:
    """Return a text as words are compared: "Good-Fit" is "good fit"."""
    return "".join(letter for letter in text.lower() if letter.isalpha())
