"""Say which marks of an axes lie mostly outside of its limits. Runs in the process of the submission."""

from typing import Any

import numpy as np

LEAST_WITHIN = 0.5  # of the points of a line or of a scatter, or of the area of an image
_ROUNDING = 1e-6  # of the width of the limits: points on their edge lie within
_STRAIGHT = 1e-6  # of the length of a line, by which its points may lie beside it
_OF_POSITIVE_NUMBERS = frozenset({"log", "logit"})  # scales that do not have a place for 0
Numbers = np.ndarray[Any, np.dtype[Any]]


def is_within_limits(mark: Any, axes: Any) -> bool:
    """Return whether a line, a scatter or an image lies within the limits of its axes, by half at least.

    True for what is drawn at other places than those of its data, such as `axhline`, for straight lines, which may
    go right across, and for all marks of other axes than those with an x and a y.
    """
    if axes.name != "rectilinear":
        return True
    try:
        return _is_image_within(mark, axes) if _has_extent(mark) else _are_points_within(mark, axes)
    except Exception:  # noqa: BLE001 - a mark of another library may lie anywhere: it may be seen
        return True


def _has_extent(mark: Any) -> bool:
    from matplotlib.collections import PolyQuadMesh, QuadMesh
    from matplotlib.image import AxesImage

    return isinstance(mark, AxesImage | PolyQuadMesh | QuadMesh)


def _is_image_within(image: Any, axes: Any) -> bool:
    from matplotlib.image import AxesImage

    scales = {axes.get_xscale(), axes.get_yscale()}
    if image.get_transform() is not axes.transData or scales != {"linear"} or not image.get_clip_on():
        return True
    if isinstance(image, AxesImage):
        left, right, bottom, top = image.get_extent()
    else:
        (left, bottom), (right, top) = image.get_datalim(axes.transData).get_points()
    sides = ((left, right), axes.get_xlim()), ((bottom, top), axes.get_ylim())
    return float(np.prod([_share_of(extent, limits) for extent, limits in sides])) >= LEAST_WITHIN - _ROUNDING


def _share_of(extent: tuple[float, float], limits: tuple[float, float]) -> float:
    """Return which share of an extent lies within limits, in whatever order the ends are."""
    low, high = sorted(extent)
    least, most = sorted(limits)
    return max(0.0, min(high, most) - max(low, least)) / (high - low) if high > low else 1.0


def _are_points_within(mark: Any, axes: Any) -> bool:
    points = _read_points(mark, axes)
    if points is None or not mark.get_clip_on():
        return True
    can_be_drawn, is_within = np.isfinite(points).all(axis=1), np.ones(len(points), bool)
    limits = (axes.get_xlim(), axes.get_xscale()), (axes.get_ylim(), axes.get_yscale())
    for values, (ends, scale) in zip(points.T, limits, strict=True):
        low, high = sorted(ends)
        edge = _ROUNDING * (high - low)
        is_within &= (low - edge <= values) & (values <= high + edge)
        if scale in _OF_POSITIVE_NUMBERS:
            can_be_drawn &= values > 0
    return not can_be_drawn.any() or bool(is_within[can_be_drawn].mean() >= LEAST_WITHIN)


def _read_points(mark: Any, axes: Any) -> Numbers | None:
    """Return the points (n, 2) of a mark, at their data; None where there are none, or for a straight line."""
    from matplotlib.lines import Line2D

    if isinstance(mark, Line2D):
        points = np.asarray(mark.get_xydata(), dtype=float)
        is_joined = mark.get_linestyle() not in {"None", "none", " ", ""}
        is_judged = mark.get_transform() is axes.transData and not (is_joined and _is_straight(points))
        return points if is_judged else None
    if hasattr(mark, "get_segments") or mark.get_offset_transform() is not axes.transData:
        return None
    return np.ma.filled(np.ma.asarray(mark.get_offsets()).astype(float), np.nan)


def _is_straight(points: Numbers) -> bool:
    """Return whether all points lie on one straight line, as those of a diagonal do."""
    points = points[np.isfinite(points).all(axis=1)]
    if len(points) < 3:
        return True
    spread = np.ptp(points, axis=0)
    scaled = (points - points.mean(axis=0)) / np.where(spread > 0, spread, 1)
    lengths = np.linalg.svd(scaled, compute_uv=False)
    return bool(lengths[1] <= _STRAIGHT * lengths[0])
