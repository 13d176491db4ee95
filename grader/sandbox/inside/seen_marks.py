"""Say which marks of a figure can be seen, by drawing each alone. Runs in the process of the submission."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property, partial
from typing import Any

import numpy as np

DPI = 72.0
MAX_PIXELS = 2_000_000  # of a drawing
MAX_DRAWINGS = 2048  # at 5 ms each; 64 axes with a mark for each of ten classes are 640
OPAQUE = 230  # of 255: what lies below is hardly seen
LEAST_LEFT = 0.1  # of an image, that nothing covers
SAME_PLACE = 1e-6  # of the figure: rounding
SAME_COLOUR = 3  # of 255: two colours that lie no further apart are one to the eye
Numbers = np.ndarray[Any, np.dtype[Any]]


@contextmanager
def viewing_marks(figure: Any) -> Iterator["MarkViewer"]:
    """Give a viewer of the marks of a figure, which has been drawn before: its axes stand at their places."""
    width, height = figure.get_size_inches()
    engine = figure.get_layout_engine()
    own, dpi = figure.dpi, min(DPI, (MAX_PIXELS / max(width * height, 1e-3)) ** 0.5)
    figure.dpi = dpi
    figure.set_layout_engine("none")  # which would move axes where their texts are hidden
    try:
        yield MarkViewer(figure, dpi)
    finally:
        figure.dpi = own
        figure.set_layout_engine(engine)


class MarkViewer:
    """Draws marks of a figure one by one, each alone.

    There are many properties that make a mark invisible: width, size, colours of face and edge, limits, scales,
    the place of its axes. What is drawn in the end says the same, for every kind of mark and in every style.
    """

    def __init__(self, figure: Any, dpi: float) -> None:
        from matplotlib.backends.backend_agg import RendererAgg

        self._figure = figure
        self._renderer = RendererAgg(*(max(1, int(inches * dpi)) for inches in figure.get_size_inches()), dpi)
        self._drawings = 0

    def is_seen(self, mark: Any) -> bool:
        """Return whether a line or a collection leaves a trace of another colour than what lies below it.

        No area may lie above all of it, such as a rectangle or the background of other axes.
        """
        may_be_covered = not _is_area(mark) and (self._may_cover or bool(self._figure_images))

        def is_seen(places: Numbers, colours: Numbers) -> bool:
            is_covered = may_be_covered and not self._shows_more[places].any()
            return not is_covered and self._stands_out(places, colours)

        return self._look(mark, is_seen)

    def find_seen_images(self, images: Sequence[Any]) -> list[Any]:
        """Return the images and meshes of an axes, from below, that show differences, and that nothing covers."""
        covered: set[int] = set()

        def is_seen(image: Any, places: Numbers, colours: Numbers) -> bool:
            is_covered = covered.issuperset(places.tolist()) if covered else False
            covered.update(places[colours[:, 3] >= OPAQUE].tolist())
            is_covered = is_covered or (self._may_cover and not self._keeps_colours(places, colours))
            return not is_covered and _shows_differences(image.get_array(), colours)

        from_above = sorted(images, key=lambda image: float(image.get_zorder()))[::-1]
        return [image for image in from_above if self._look(image, partial(is_seen, image))][::-1]

    def _look(self, mark: Any, is_visible: Callable[[Numbers, Numbers], bool]) -> bool:
        """Return whether a mark is drawn, and `is_visible` the places of its pixels, and their colours."""
        self._drawings += 1
        if self._drawings > MAX_DRAWINGS:
            return bool(mark.get_visible())
        try:
            pixels = self._draw(mark)
            places = np.flatnonzero(pixels[:, 3])
            return bool(len(places)) and is_visible(places, pixels[places].astype(int))
        except Exception:  # noqa: BLE001 - a mark of another library may need more than a renderer: it may be seen
            return bool(mark.get_visible())

    def _draw(self, artist: Any) -> Numbers:
        """Return what an artist leaves: pixels (count, 4)."""
        self._renderer.clear()
        artist.draw(self._renderer)
        return np.asarray(self._renderer.buffer_rgba()).reshape(-1, 4)

    def _stands_out(self, places: Numbers, colours: Numbers) -> bool:
        # Edges are smoothed: their colours are less exact.
        is_full = 2 * colours[:, 3] >= colours[:, 3].max()
        places, colours = places[is_full], colours[is_full]
        if not any((_distances(colours, paper) <= SAME_COLOUR).any() for paper in self._papers):
            return True
        below = self._backdrop[places]
        # What lies below a figure without a background is not known.
        return bool(((_distances(colours, below) > SAME_COLOUR) | (below[:, 3] == 0)).any())

    @cached_property
    def _papers(self) -> Numbers:
        """The colours of the figure and of all axes; most marks have none of these."""
        from matplotlib.colors import to_rgba_array

        patches = (self._figure.patch, *(axes.patch for axes in self._figure.get_axes()))
        colours = np.concatenate([to_rgba_array(patch.get_facecolor()) for patch in patches])
        return np.unique(np.rint(255 * colours).astype(int), axis=0)

    def _keeps_colours(self, places: Numbers, colours: Numbers) -> bool:
        """Return whether an opaque image has its own colours in the figure, at a tenth of its places at least."""
        is_opaque = colours[:, 3] >= OPAQUE
        if not is_opaque.any():
            return True
        differences = _distances(colours[is_opaque], self._whole[places[is_opaque]].astype(int))
        return bool((differences <= SAME_COLOUR).mean() >= LEAST_LEFT)

    @cached_property
    def _figure_images(self) -> list[Any]:
        return [child for child in _list_children(self._figure) if is_image(child)]

    @cached_property
    def _may_cover(self) -> bool:
        """Whether an area could cover marks, beside images and the backgrounds of axes that stand apart."""
        axes = self._figure.get_axes()
        papers = {id(paper) for paper in (self._figure.patch, *(one.patch for one in axes))}
        drawn = [*self._figure.get_children(), *_list_children(self._figure)]
        papers |= set(map(id, self._figure_images))
        return any(_is_area(artist) and id(artist) not in papers for artist in drawn) or _overlap(axes)

    @cached_property
    def _shows_more(self) -> Numbers:
        """Where the figure is another one than without its marks: shape (pixels,)."""
        others: Numbers = (self._whole != self._backdrop).any(axis=1)
        return others

    @cached_property
    def _whole(self) -> Numbers:
        """The whole figure."""
        return self._draw(self._figure).copy()

    @cached_property
    def _backdrop(self) -> Numbers:
        """The figure with nothing but areas: what lines and points lie on, such as bars or a picture."""
        hidden = [child for child in _list_children(self._figure) if child.get_visible() and not _is_area(child)]
        for child in hidden:
            child.set_visible(False)
        try:
            return self._draw(self._figure).astype(int)
        finally:
            for child in hidden:
                child.set_visible(True)


def is_image(artist: Any) -> bool:
    """Return whether an artist draws an array of values as a picture: `imshow`, `pcolormesh` or `pcolor`."""
    from matplotlib.collections import PolyQuadMesh, QuadMesh
    from matplotlib.image import AxesImage

    return isinstance(artist, AxesImage | PolyQuadMesh | QuadMesh) and artist.get_array() is not None


def _overlap(axes: Sequence[Any]) -> bool:
    """Return whether some axes lie above others, as insets do."""
    boxes = np.array([one.get_position().extents for one in axes]).reshape(-1, 4)  # left, bottom, right, top
    lows = np.maximum(boxes[:, None, :2], boxes[None, :, :2])
    highs = np.minimum(boxes[:, None, 2:], boxes[None, :, 2:])
    return int((highs - lows > SAME_PLACE).all(axis=2).sum()) > len(boxes)  # each overlaps with itself


def _list_children(figure: Any) -> list[Any]:
    """Return what all axes of a figure draw."""
    return [child for axes in figure.get_axes() for child in axes.get_children()]


def _is_area(artist: Any) -> bool:
    from matplotlib.collections import PolyCollection, QuadMesh
    from matplotlib.image import AxesImage
    from matplotlib.patches import Patch
    from matplotlib.spines import Spine

    return isinstance(artist, Patch | AxesImage | PolyCollection | QuadMesh) and not isinstance(artist, Spine)


def _shows_differences(values: Any, colours: Numbers) -> bool:
    """Return whether colours (count, 4) differ from one another, if the values that they stand for do."""
    return not np.ptp(np.ma.asarray(values).astype(float)) or bool(np.ptp(colours, axis=0).any())


def _distances(colours: Numbers, others: Numbers) -> Numbers:
    distances: Numbers = np.abs(colours[:, :3] - others[..., :3]).max(axis=1)
    return distances
