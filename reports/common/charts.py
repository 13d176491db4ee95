"""Draw learning curves: turn the numbers of a training history into coordinates of an SVG.

Only places and labels are computed here; colours and dashes are in the style sheet.
"""

import math
from collections.abc import Sequence

import msgspec

from grader.core.i18n import Message, Translator, _
from grader.protocol.verdict import Curve
from reports.common.numbers import Numbers

LEFT, RIGHT, TOP, BOTTOM = 40, 312, 8, 126  # of a view box of 320 by 160, as in the template
_LARGEST = 1e30  # beyond this a loss has diverged; the arithmetic of an axis would overflow

_METRIC_NAMES: dict[str, Message] = {
    "loss": _("Loss"),
    "accuracy": _("Accuracy"),
    "mae": _("Mean absolute error"),
    "mse": _("Mean squared error"),
}


class Tick(msgspec.Struct, frozen=True):
    """A mark on an axis: where, and what is written there."""

    at: float
    label: str


class Line(msgspec.Struct, frozen=True):
    """One series: an SVG path with gaps, and points that have no neighbour to be joined with."""

    kind: str  # "train" or "validation"
    path: str
    dots: tuple[tuple[float, float], ...]


class Panel(msgspec.Struct, frozen=True):
    """One metric of one training run."""

    title: str
    description: str  # for those who hear the chart instead of seeing it
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    lines: tuple[Line, ...]


class Chart(msgspec.Struct, frozen=True):
    """One training run."""

    name: str
    output: str  # of a network with several, the one that it is about
    panels: tuple[Panel, ...]
    has_validation: bool
    gaps: int  # values that were NaN or infinite


class Scale(msgspec.Struct, frozen=True):
    """The range of an axis and where its ticks are."""

    low: float
    high: float
    ticks: tuple[float, ...]


def draw_charts(curves: Sequence[Curve], translate: Translator, numbers: Numbers) -> tuple[Chart, ...]:
    """Return one chart per curve. A metric has the same axis in all of them, so that they can be compared.

    Curves of different outputs of a network are not compared: each output has axes of its own.
    """
    scales = {}
    for output in {curve.output for curve in curves}:
        alike = [curve for curve in curves if curve.output == output]
        scales[output] = {metric: _scale(metric, alike) for metric in _metrics(alike)}
    return tuple(_chart(curve, scales[curve.output], translate, numbers) for curve in curves)


def _chart(curve: Curve, scales: dict[str, Scale], translate: Translator, numbers: Numbers) -> Chart:
    panels = tuple(
        _panel(metric, curve, scale, translate, numbers)
        for metric, scale in scales.items()
        if metric in curve.series or f"val_{metric}" in curve.series
    )
    values = [value for series in curve.series.values() for value in series]
    return Chart(
        name=curve.name,
        output=curve.output,
        panels=panels,
        has_validation=any(key.startswith("val_") for key in curve.series),
        gaps=sum(not _drawable(value) for value in values),
    )


def _panel(metric: str, curve: Curve, scale: Scale, translate: Translator, numbers: Numbers) -> Panel:
    series = {"train": curve.series.get(metric, ()), "validation": curve.series.get(f"val_{metric}", ())}
    epochs = max(len(values) for values in series.values())
    title = translate(_METRIC_NAMES.get(metric, metric))
    return Panel(
        title=title,
        description=_description(title, series, epochs, translate, numbers),
        x_ticks=tuple(Tick(_x(epoch, epochs), numbers.integer(epoch)) for epoch in _epoch_ticks(epochs)),
        y_ticks=tuple(Tick(_y(value, scale), numbers.short(value)) for value in scale.ticks),
        lines=tuple(_line(kind, values, epochs, scale) for kind, values in series.items() if values),
    )


def _description(
    title: str, series: dict[str, tuple[float | None, ...]], epochs: int, translate: Translator, numbers: Numbers
) -> str:
    parts = [translate(_("{metric}, epochs: {epochs}", metric=title, epochs=epochs))]
    for kind, values in series.items():
        drawn = [value for value in values if value is not None and _drawable(value)]
        if drawn:
            first, last = numbers.score(drawn[0]), numbers.score(drawn[-1])
            if kind == "train":
                parts.append(translate(_("training from {first} to {last}", first=first, last=last)))
            else:
                parts.append(translate(_("validation from {first} to {last}", first=first, last=last)))
    return "; ".join(parts)


def _metrics(curves: Sequence[Curve]) -> list[str]:
    names = dict.fromkeys(key.removeprefix("val_") for curve in curves for key in curve.series)
    first = ("loss", "accuracy")
    return [name for name in first if name in names] + [name for name in names if name not in first]


def _drawable(value: float | None) -> bool:
    return value is not None and math.isfinite(value) and abs(value) <= _LARGEST


def _line(kind: str, values: Sequence[float | None], epochs: int, scale: Scale) -> Line:
    runs: list[list[tuple[float, float]]] = [[]]
    for epoch, value in enumerate(values, start=1):
        if value is not None and _drawable(value):
            runs[-1].append((_x(epoch, epochs), _y(value, scale)))
        elif runs[-1]:
            runs.append([])
    path = " ".join("M" + "L".join(f"{x:g} {y:g}" for x, y in run) for run in runs if len(run) > 1)
    return Line(kind, path, tuple(run[0] for run in runs if len(run) == 1))


def _x(epoch: int, epochs: int) -> float:
    # A single epoch stands in the middle: there is no line to start at the axis.
    share = (epoch - 1) / (epochs - 1) if epochs > 1 else 0.5
    return round(LEFT + share * (RIGHT - LEFT), 1)


def _y(value: float, scale: Scale) -> float:
    return round(BOTTOM - (value - scale.low) / (scale.high - scale.low) * (BOTTOM - TOP), 1)


def _scale(metric: str, curves: Sequence[Curve]) -> Scale:
    values = [
        value
        for curve in curves
        for key in (metric, f"val_{metric}")
        for value in curve.series.get(key, ())
        if value is not None and _drawable(value)
    ]
    low, high = min(values, default=0.0), max(values, default=1.0)
    if metric == "loss":
        low = min(low, 0.0)
    if metric == "accuracy":
        high = max(high, 1.0)
    if high - low < 1e-9 * max(1.0, abs(high)):  # a constant series needs an axis too
        low, high = low - 0.5 * max(1.0, abs(low)), high + 0.5 * max(1.0, abs(high))
    step = _step((high - low) / 5)
    first, last = math.floor(low / step + 1e-6), math.ceil(high / step - 1e-6)
    return Scale(first * step, last * step, tuple(index * step for index in range(first, last + 1)))


def _step(rough: float) -> float:
    """Return the smallest of 1, 2, 5 times a power of ten that is at least `rough`."""
    power: float = 10.0 ** math.floor(math.log10(rough))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * (1 - 1e-9))


def _epoch_ticks(epochs: int) -> list[int]:
    """Return the first and the last epoch and, between them, round ones that don't crowd the last."""
    if epochs <= 2:
        return list(range(1, epochs + 1))
    step = max(1, int(_step(epochs / 5)))
    between = [epoch for epoch in range(step, epochs, step) if 1 < epoch <= epochs - 0.6 * step]
    return [1, *between, epochs]
