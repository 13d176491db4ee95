"""Compute the geometry of what is drawn about labels: sizes of classes, and reliability diagrams."""

import math
from collections.abc import Sequence

import msgspec

from grader.protocol.verdict import ClassBalance, Reliability, ReliabilityBin
from reports.common.charts import Tick
from reports.common.numbers import Numbers

LEFT, RIGHT, TOP, BOTTOM = 44, 312, 8, 240  # of a view box of 320 by 276, as in the template
_TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)


class ClassBar(msgspec.Struct, frozen=True):
    """The size of one class before and after, with the widths of its bars, of 100."""

    label: str
    before: int
    after: int
    width_before: str
    width_after: str


class BalanceView(msgspec.Struct, frozen=True):
    """What one function did to the sizes of the classes."""

    function: str
    bars: tuple[ClassBar, ...]


class ReliabilityView(msgspec.Struct, frozen=True):
    """One reliability diagram: paths and points before and after, by the places of the view box."""

    function: str
    name: str
    error_before: float
    error_after: float
    path_before: str
    path_after: str
    dots_before: tuple[tuple[float, float], ...]
    dots_after: tuple[tuple[float, float], ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]


def draw_balance(balance: ClassBalance) -> BalanceView:
    """Return the bars of all classes, on one scale."""
    largest = max((*balance.before, *balance.after, 1))
    return BalanceView(
        balance.function,
        tuple(
            ClassBar(label, before, after, f"{100 * before / largest:.1f}", f"{100 * after / largest:.1f}")
            for label, before, after in zip(balance.labels, balance.before, balance.after, strict=False)
        ),
    )


def draw_reliability(reliability: Reliability, numbers: Numbers) -> ReliabilityView:
    """Return the places of the points: mean prediction to the right, share of positives upwards."""
    before, after = _place(reliability.before), _place(reliability.after)
    return ReliabilityView(
        function=reliability.function,
        name=reliability.name,
        error_before=reliability.error_before,
        error_after=reliability.error_after,
        path_before=_join(before),
        path_after=_join(after),
        dots_before=before,
        dots_after=after,
        x_ticks=tuple(Tick(_x(value), numbers.percent(value)) for value in _TICKS),
        y_ticks=tuple(Tick(_y(value), numbers.percent(value)) for value in _TICKS),
    )


def _place(bins: Sequence[ReliabilityBin]) -> tuple[tuple[float, float], ...]:
    drawn = (b for b in bins if math.isfinite(b.predicted) and math.isfinite(b.observed))
    return tuple((_x(b.predicted), _y(b.observed)) for b in drawn)


def _join(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in points) if len(points) > 1 else ""


def _x(share: float) -> float:
    return round(LEFT + min(1.0, max(0.0, share)) * (RIGHT - LEFT), 1)


def _y(share: float) -> float:
    return round(BOTTOM - min(1.0, max(0.0, share)) * (BOTTOM - TOP), 1)
