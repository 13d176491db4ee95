"""Draw learning curves as text: one character per epoch, low to high."""

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

import msgspec

from grader.protocol.verdict import Curve

LEVELS = "▁▂▃▄▅▆▇█"
GAP = "×"  # a value that was not a number, or infinite
WIDEST = 30  # characters

_LARGEST = 1e30  # beyond this a loss has diverged; differences would overflow


class Sparkline(msgspec.Struct, frozen=True):
    """One series: what was measured, the value at the start and at the end, and the way between as text."""

    name: str
    first: float | None  # None: not a number
    last: float | None
    text: str


def draw_sparklines(curves: Sequence[Curve]) -> tuple[tuple[Sparkline, ...], ...]:
    """Return the series of each curve; empty ones are left out.

    A metric has the same scale in all curves of one output, in training and in validation, so that they can be
    compared.
    """
    return tuple(_of_curve(curve.series, _find_scales(curve.output, curves)) for curve in curves)


def _find_scales(output: str, curves: Sequence[Curve]) -> dict[str, tuple[float, float]]:
    """Return lowest and highest value of each metric in all curves of an output."""
    alike = [curve for curve in curves if curve.output == output]
    scales: dict[str, tuple[float, float]] = {}
    for metric in _metrics(alike):
        values = [v for curve in alike for key in _keys(metric) for v in _finite(curve.series.get(key, ()))]
        scales[metric] = (min(values, default=0.0), max(values, default=0.0))
    return scales


def draw_line(values: Sequence[float | None], low: float, high: float) -> str:
    """Return one character per value, from low to high; neighbours share one where there are too many."""
    if len(values) <= WIDEST:
        groups: Iterable[Sequence[float | None]] = ((value,) for value in values)
    else:
        edges = [len(values) * step // WIDEST for step in range(WIDEST + 1)]
        groups = (values[start:end] for start, end in pairwise(edges))
    return "".join(_character(group, low, high) for group in groups)


def _of_curve(
    series: Mapping[str, Sequence[float | None]], scales: dict[str, tuple[float, float]]
) -> tuple[Sparkline, ...]:
    return tuple(
        Sparkline(name=key, first=_number(values[0]), last=_number(values[-1]), text=draw_line(values, *scale))
        for metric, scale in scales.items()
        for key in _keys(metric)
        if (values := series.get(key, ()))
    )


def _character(group: Sequence[float | None], low: float, high: float) -> str:
    values = list(_finite(group))
    if len(values) < len(group):
        return GAP
    share = (sum(values) / len(values) - low) / (high - low) if high > low else 0.5
    return LEVELS[min(len(LEVELS) - 1, max(0, int(share * len(LEVELS))))]


def _metrics(curves: Sequence[Curve]) -> list[str]:
    return list(dict.fromkeys(key.removeprefix("val_") for curve in curves for key in curve.series))


def _keys(metric: str) -> tuple[str, str]:
    return metric, f"val_{metric}"


def _finite(values: Iterable[float | None]) -> Iterable[float]:
    return (number for value in values if (number := _number(value)) is not None)


def _number(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) and abs(value) < _LARGEST else None
