"""Record a matplotlib figure: its content as data, and a picture. Runs in the process of the submission."""

import io
from collections.abc import Sequence
from typing import Any

import numpy as np

from grader.protocol.evidence import AxesFacts, FigureValue
from grader.sandbox.inside.array_store import Store
from grader.sandbox.inside.axes_limits import is_within_limits
from grader.sandbox.inside.line_names import name_lines
from grader.sandbox.inside.seen_marks import MarkViewer, is_image, viewing_marks

MAX_AXES = 128
MAX_MARKS = 128
PICTURE_WIDTH = 900  # pixels


def find(returned: object) -> Any | None:
    """Return the figure of a plotting function: returned, that of returned axes or parts, or the current one."""
    from matplotlib import pyplot as plt
    from matplotlib.figure import Figure

    candidates = [returned, *(returned if isinstance(returned, list | tuple) else ())]
    candidates += list(returned.flat) if isinstance(returned, np.ndarray) and returned.dtype == object else []
    for candidate in candidates:
        figure = _list_figures(candidate)[-1]
        if isinstance(figure, Figure):
            return figure
    return plt.gcf() if plt.get_fignums() else None


def describe(figure: Any, store: Store) -> FigureValue:
    """Record the content of a figure, and a picture of it.

    Args:
        figure: a matplotlib figure.
        store: gets the arrays that the record names.
    """
    png, width, height = _draw(figure)  # this moves axes to their places, too
    axes = [a for a in figure.get_axes()[:MAX_AXES] if _is_used(a)]
    bounds = [np.round(a.get_position().bounds, 3).tolist() for a in axes]
    with viewing_marks(figure) as viewer:
        facts = tuple(
            _describe_axes(a, viewer, store, bounds.index(where)) for a, where in zip(axes, bounds, strict=True)
        )
    return FigureValue(axes=facts, png=store.add(png), width=width, height=height)


def _is_used(axes: Any) -> bool:
    # `subplots(3, 4)` for ten pictures leaves two axes empty; a colour bar is not a plot either, wherever it is.
    return bool(axes.has_data()) and bool(axes.get_visible()) and not hasattr(axes, "_colorbar")


def _list_figures(part: Any) -> list[Any]:
    """Return the figures that an axes or a figure is part of, from the innermost: sub-figures, then the whole."""
    from matplotlib.figure import FigureBase, SubFigure

    figures = [part if isinstance(part, FigureBase) else getattr(part, "figure", None)]
    while isinstance(figures[-1], SubFigure):
        inner: Any = figures[-1]
        figures.append(inner._parent)  # public only from matplotlib 3.10 on
    return figures


def _describe_axes(axes: Any, viewer: MarkViewer, store: Store, place: int) -> AxesFacts:
    images = [child for child in axes.get_children() if is_image(child)][:MAX_MARKS]
    lines = axes.lines[:MAX_MARKS]
    collections = [collection for collection in axes.collections if not is_image(collection)][:MAX_MARKS]
    seen_images = [image for image in viewer.find_seen_images(images) if is_within_limits(image, axes)]
    seen_lines = [line for line in lines if is_within_limits(line, axes) and viewer.is_seen(line)]
    seen_collections = [
        collection
        for collection in collections
        if is_within_limits(collection, axes) and viewer.is_seen(collection)
    ]
    drawn = len(images) + len(lines) + len(collections)
    all_lines = [_points_of(line) for line in seen_lines] + _segments(seen_collections)
    figures = _list_figures(axes)
    legend = axes.get_legend() or next((figure.legends[0] for figure in figures if figure.legends), None)
    x_label, y_label = (_shown_label(axes, axis) for axis in (axes.xaxis, axes.yaxis))
    return AxesFacts(
        images=tuple(_store_array(image.get_array(), store) for image in seen_images),
        lines=tuple(_store_array(points, store) for points in all_lines[:MAX_MARKS]),
        scatters=tuple(_store_array(c.get_offsets(), store) for c in seen_collections if _has_points(c)),
        bars=len(axes.patches),
        title=_join_titles(axes, figures)[:200],
        x_label=(x_label or _shared_label(figures, "x"))[:200],
        y_label=(y_label or _shared_label(figures, "y"))[:200],
        legend=tuple(str(t.get_text())[:200] for t in legend.get_texts()) if legend else (),
        line_names=name_lines(seen_lines, legend),
        unseen=drawn - len(seen_images) - len(seen_lines) - len(seen_collections),
        place=place,
    )


def _points_of(line: Any) -> Any:
    """Return the points (n, 2) of a line; of one without ends, those at 0 and 1."""
    from matplotlib.lines import AxLine

    if not isinstance(line, AxLine):
        return line.get_xydata()
    endless: Any = line
    (x, y), slope = endless.get_xy1(), endless.get_slope()
    if slope is None:
        other_x, other_y = endless.get_xy2()
        slope = np.inf if other_x == x else (other_y - y) / (other_x - x)
    ends = np.array([0.0, 1.0])
    return np.column_stack([[x, x], ends] if np.isinf(slope) else [ends, y + slope * (ends - x)])


def _segments(collections: Sequence[Any]) -> list[Any]:
    """Return the lines of collections: those of `hlines`, `vlines` and `LineCollection`."""
    segments: list[Any] = []
    for collection in collections:
        if hasattr(collection, "get_segments"):
            segments += collection.get_segments()[:MAX_MARKS]
    return segments


def _has_points(collection: Any) -> bool:
    """Return whether a collection stands at points; an area or a line has one at (0, 0), which says nothing."""
    from matplotlib.transforms import IdentityTransform

    is_of_lines = hasattr(collection, "get_segments")
    return not is_of_lines and not isinstance(collection.get_offset_transform(), IdentityTransform)


def _shown_label(axes: Any, axis: Any) -> str:
    """Return the label of an axis; "" where the axis is not drawn, as after `set_axis_off`."""
    label = axis.get_label()
    is_shown = getattr(axes, "axison", True) and axis.get_visible() and label.get_visible()
    return str(label.get_text()) if is_shown else ""


def _shared_label(figures: Sequence[Any], which: str) -> str:
    """Return the label that a figure has once for all of its axes, that of the innermost figure with one."""
    labels = (str(getattr(figure, f"get_sup{which}label")()) for figure in figures)
    return next(filter(None, labels), "")


def _join_titles(axes: Any, figures: Sequence[Any]) -> str:
    """Return the titles of an axes, and of those of its figures that show nothing else."""
    titles = [str(axes.get_title(place)) for place in ("left", "center", "right")]
    titles += [str(figure.get_suptitle()) for figure in figures if _is_alone(axes, figure)]
    return " ".join(filter(None, titles))


def _is_alone(axes: Any, figure: Any) -> bool:
    """Return whether a figure with a title has no other axes that are used; that of many says nothing of one."""
    if not figure.get_suptitle():
        return False
    everywhere = _list_figures(figure)[-1].get_axes()
    return not any(a is not axes and _is_used(a) and figure in _list_figures(a) for a in everywhere)


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
