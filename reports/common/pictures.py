"""Compute the geometry of what is drawn besides learning curves: digits, bars, heat maps, the network."""

import base64
import binascii
import math
import re
from collections.abc import Sequence
from functools import lru_cache

import msgspec
from markupsafe import Markup

from grader.protocol.verdict import (
    Confusion,
    CriterionVerdict,
    Figure,
    LayerWeights,
    Mistake,
    Network,
    NetworkLayer,
    Status,
    Walkthrough,
)
from reports.common.numbers import Numbers

_INK_LEVELS = 15
_HEAT_STEPS = 5
_MOST_BARS = 7


class Bar(msgspec.Struct, frozen=True):
    """The probability that a network gave to one class."""

    label: str
    probability: str  # in percent
    width: str  # of 100
    is_true: bool
    is_predicted: bool


class Picture(msgspec.Struct, frozen=True):
    """A row as a picture, that was classified wrongly or hardly right."""

    width: int
    height: int
    ink: Markup  # the SVG paths of all pixels, one for each grey level
    bars: tuple[Bar, ...]
    true: str
    predicted: str


class Segment(msgspec.Struct, frozen=True):
    """One criterion in the strip below the mark; places in thousandths of the strip."""

    status: Status
    x: str
    width: str
    gained: str  # width of the part that was gained


class LayerView(msgspec.Struct, frozen=True):
    """A layer with the widths, of 100, of its own bar and of the one before it."""

    layer: NetworkLayer
    width: float
    width_before: float


def draw_mistake(mistake: Mistake, numbers: Numbers) -> Picture:
    """Return the picture of `mistake` and its bars, those of the likeliest classes where there are many."""
    return Picture(
        width=max((len(row) for row in mistake.image), default=1) or 1,
        height=len(mistake.image) or 1,
        ink=_draw_ink(mistake.image),
        bars=_bars(mistake, numbers),
        true=mistake.true,
        predicted=mistake.predicted,
    )


@lru_cache(maxsize=512)
def _draw_ink(image: tuple[tuple[float, ...], ...]) -> Markup:
    """Return one SVG path of unit squares for all pixels of each grey level.

    Most of a class get the same pictures wrong, so each is drawn once.
    """
    levels: dict[int, list[str]] = {}
    for y, row in enumerate(image):
        for x, grey in enumerate(row):
            level = round(_share(grey) * _INK_LEVELS)
            if level:
                levels.setdefault(level, []).append(f"M{x} {y}h1v1h-1z")
    paths = [
        f'<path fill-opacity="{level / _INK_LEVELS:.2f}" d="{"".join(path)}"/>\n'
        for level, path in sorted(levels.items())
    ]
    return Markup("".join(paths))  # noqa: S704 - there is nothing in it but numbers


def _bars(mistake: Mistake, numbers: Numbers) -> tuple[Bar, ...]:
    pairs = list(zip(mistake.labels, mistake.probabilities, strict=False))
    if len(pairs) > _MOST_BARS:
        likeliest = sorted(pairs, key=lambda pair: -_share(pair[1]))[: _MOST_BARS - 1]
        pairs = [pair for pair in pairs if pair in likeliest or pair[0] == mistake.true]
    return tuple(
        Bar(
            label=label,
            probability=numbers.percent(value),
            width=f"{_share(value) * 100:.1f}",
            is_true=label == mistake.true,
            is_predicted=label == mistake.predicted,
        )
        for label, value in pairs
    )


def _share(value: float) -> float:
    return min(1.0, max(0.0, value)) if math.isfinite(value) else 0.0


def find_heat_classes(confusion: Confusion) -> tuple[tuple[str, ...], ...]:
    """Return the style class of each cell: `hit-0` to `hit-5` on the diagonal, `miss-0` to `miss-5` beside it.

    The share is that of the row, so that a rare class is as visible as a frequent one. A single confusion is
    visible too: misses reach the last step at half of the row.
    """
    return tuple(
        tuple(
            _heat_class("hit" if i == j else "miss", count / max(1, sum(row)) * (1 if i == j else 2))
            for j, count in enumerate(row)
        )
        for i, row in enumerate(confusion.counts)
    )


def find_value_classes(walkthrough: Walkthrough) -> tuple[tuple[str, ...], ...]:
    """Return the style class of each value: `hit-0` to `hit-5` above zero, `miss-0` to `miss-5` below.

    The share is that of the largest magnitude of the layer.
    """
    return tuple(
        tuple(
            _heat_class("miss" if value < 0 else "hit", abs(value) / (max(map(abs, layer.values)) or 1.0))
            for value in layer.values
        )
        for layer in walkthrough.layers
    )


def _heat_class(kind: str, share: float) -> str:
    return f"{kind}-{math.ceil(_share(share) * _HEAT_STEPS)}"


def draw_strip(criteria: Sequence[CriterionVerdict]) -> tuple[Segment, ...]:
    """Return the criteria side by side, each as wide as its share of the points, filled as far as gained."""
    whole = sum(max(0.0, criterion.max_points) for criterion in criteria)
    segments, x, gap = [], 0.0, 3.0
    for criterion in criteria:
        if criterion.max_points <= 0:
            continue
        width = 1000 * criterion.max_points / whole
        inner = max(1.0, width - gap)
        gained = inner * _share(criterion.points / criterion.max_points)
        segments.append(Segment(criterion.status, f"{x:.1f}", f"{inner:.1f}", f"{gained:.1f}"))
        x += width
    return tuple(segments)


def draw_layers(network: Network) -> tuple[LayerView, ...]:
    """Return the layers with widths by the logarithm of their outputs: 10 and 100,000 are to be seen together."""
    sizes = [_size(network.input_shape), *(_size(layer.output_shape) for layer in network.layers)]
    largest = math.log1p(max(sizes))
    widths = [round(14 + 86 * math.log1p(size) / largest, 1) for size in sizes]
    return tuple(
        LayerView(layer, width, before)
        for layer, width, before in zip(network.layers, widths[1:], widths[:-1], strict=True)
    )


def _size(shape: str) -> int:
    """Return the number of outputs per row in a shape such as "(None, 8, 8)"; at least 1.

    Several inputs are one in each line, behind their names: the numbers of all of them.
    """
    shapes = [line.partition("(")[2] or line for line in shape.splitlines()[:8]]
    return max(1, sum(math.prod(int(n) for n in re.findall(r"\d{1,9}", one)[:8]) for one in shapes))


def is_png(figure: Figure | LayerWeights) -> bool:
    """Return whether the figure is what it says: base64 of a PNG. Anything else is not put into a document."""
    try:
        return base64.b64decode(figure.png, validate=True).startswith(b"\x89PNG\r\n\x1a\n")
    except (binascii.Error, ValueError):
        return False
