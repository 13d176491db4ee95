"""Record a matplotlib figure: its content as data, and a picture. Runs in the process of the submission."""

import io
from typing import Any

import numpy as np

from grader.protocol.evidence import AxesFacts, FigureValue
from grader.sandbox.inside.array_store import Store

MAX_AXES = 128
MAX_MARKS = 128
PICTURE_WIDTH = 900  # pixels


def find(returned: object) -> Any | None:
    """Return the figure of a plotting function: returned, that of returned axes, or the current one."""
    from matplotlib import pyplot as plt
    from matplotlib.figure import Figure

    candidates = [returned, *(returned if isinstance(returned, list | tuple) else ())]
    candidates += list(returned.flat) if isinstance(returned, np.ndarray) and returned.dtype == object else []
    for candidate in candidates:
        figure = candidate if isinstance(candidate, Figure) else getattr(candidate, "figure", None)
        if isinstance(figure, Figure):
            return figure
    return plt.gcf() if plt.get_fignums() else None


def describe(figure: Any, store: Store) -> FigureValue:
    """Record the content of a figure, and a picture of it.

    Args:
        figure: a matplotlib figure.
        store: gets the arrays that the record names.
    """
    axes = [a for a in figure.get_axes()[:MAX_AXES] if _is_used(a)]
    facts = tuple(_describe_axes(a, store) for a in axes)
    png, width, height = _draw(figure)
    return FigureValue(axes=facts, png=store.add(png), width=width, height=height)


def _is_used(axes: Any) -> bool:
    # `subplots(3, 4)` for ten pictures leaves two axes empty; a colour bar is not a plot either.
    return bool(axes.has_data()) and bool(axes.get_visible()) and axes.get_label() != "<colorbar>"


def _is_seen(mark: Any) -> bool:
    """Return whether a mark is drawn at all."""
    alpha = mark.get_alpha()
    return bool(mark.get_visible()) and (alpha is None or bool(np.any(alpha)))


def _describe_axes(axes: Any, store: Store) -> AxesFacts:
    legend = axes.get_legend() or (axes.figure.legends[0] if axes.figure.legends else None)
    return AxesFacts(
        images=tuple(_store_array(i.get_array(), store) for i in axes.images[:MAX_MARKS] if _is_seen(i)),
        lines=tuple(_store_array(line.get_xydata(), store) for line in axes.lines[:MAX_MARKS] if _is_seen(line)),
        scatters=tuple(_store_array(c.get_offsets(), store) for c in axes.collections[:MAX_MARKS] if _is_seen(c)),
        bars=len(axes.patches),
        title=str(axes.get_title())[:200],
        x_label=str(axes.get_xlabel() or _shared_label(axes.figure, "x"))[:200],
        y_label=str(axes.get_ylabel() or _shared_label(axes.figure, "y"))[:200],
        legend=tuple(str(t.get_text())[:200] for t in legend.get_texts()) if legend else (),
    )


def _shared_label(figure: Any, which: str) -> str:
    """Return the label that a figure has once for all of its axes."""
    return str(getattr(figure, f"get_sup{which}label")())


def _store_array(values: Any, store: Store) -> str:
    array = np.ma.filled(np.ma.asarray(values).astype(np.float32), np.nan)
    return store.add(array[:100_000])


def _draw(figure: Any) -> tuple[np.ndarray[Any, Any], int, int]:
    width, height = figure.get_size_inches()
    dpi = min(100.0, PICTURE_WIDTH / max(width, 1e-3), 2 * PICTURE_WIDTH / max(height, 1e-3))
    png_file = io.BytesIO()
    figure.savefig(png_file, format="png", dpi=dpi, metadata={"Software": None})
    png = np.frombuffer(png_file.getvalue(), dtype=np.uint8)
    return png, round(width * dpi), round(height * dpi)
